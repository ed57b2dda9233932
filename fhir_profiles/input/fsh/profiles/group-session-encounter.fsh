Profile: GroupSessionEncounter
Parent: Encounter
Id: group-session-encounter
Title: "Group session"
Description: "The session as a whole: one Encounter about the Group, with the practitioner who led it. Who attended is told by one group-attendance-encounter per patient, never by the Group."
* extension contains Modality named modality 0..1 and Supervisor named supervisor 0..1
* obeys group-told
// CHG04: a session without a start has no date of service.
* period 1..1
* period.start 1..1
// A patient as subject would be a visit of that patient.
* subject only Reference(Group)
// Somebody led it: the charge names who rendered the service.
* participant 1..*
* obeys PRV06

Invariant: group-told
Description: "The Group is the subject, or the type tells that it is a group session."
Expression: "subject.exists() or type.exists()"
Severity: #error

Invariant: PRV06
Description: "At most one participant is the primary performer: one line has one rendering practitioner."
Expression: "participant.where(type.coding.where(code = 'PPRF').exists()).count() <= 1"
Severity: #error
