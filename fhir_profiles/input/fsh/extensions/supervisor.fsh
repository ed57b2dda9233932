Extension: Supervisor
Id: supervisor
Title: "Supervising practitioner"
Description: "Who supervises the leader of a session. FHIR has no participant type for it."
Context: Encounter, PractitionerRole
* value[x] 1..1
* value[x] only Reference(Practitioner)
