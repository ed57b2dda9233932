Profile: GroupAttendanceEncounter
Parent: Encounter
Id: group-attendance-encounter
Title: "Attendance of one patient"
Description: "One patient's own visit within a session: finished when the patient was there, cancelled when not. Own times, place and modality stand here, since they are billed per patient."
* extension contains Modality named modality 0..1 and Supervisor named supervisor 0..1
// CHG01: each who attended is billed by themselves.
* subject 1..1
* subject only Reference(Patient)
// What makes it part of this session and of no other.
* partOf 1..1
* partOf only Reference(Encounter)
* diagnosis.condition only Reference(Condition)
