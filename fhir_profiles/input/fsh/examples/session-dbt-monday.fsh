Instance: session-dbt-monday
InstanceOf: GroupSessionEncounter
Usage: #example
Title: "A group session"
Description: "Dialectical behaviour therapy on a Monday, led by one practitioner."
* status = #finished
* class = $ActCode#AMB
* type = $CPT#90853
* subject = Reference(Group/dbt-monday)
* participant.type = $ParticipationType#PPRF
* participant.individual = Reference(Practitioner/rivera)
* period.start = "2026-03-02T15:00:00-06:00"
* period.end = "2026-03-02T16:30:00-06:00"
* location.location = Reference(Location/room-2)
* serviceProvider = Reference(Organization/clinic)
