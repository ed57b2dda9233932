Instance: attendance-ana
InstanceOf: GroupAttendanceEncounter
Usage: #example
Title: "One patient's attendance"
Description: "Ana took part by video from home."
* status = #finished
* class = $ActCode#VR
* extension[modality].valueCode = #video
* partOf = Reference(Encounter/session-dbt-monday)
* subject = Reference(Patient/ana)
* period.start = "2026-03-02T15:05:00-06:00"
* period.end = "2026-03-02T16:30:00-06:00"
* diagnosis.condition = Reference(Condition/dx-ana)
