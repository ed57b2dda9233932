CodeSystem: AttendanceEvidenceCodeSystem
Id: attendance-evidence
Title: "Evidence of attendance"
Description: "What shows that a member of a group attended, the strongest first."
* ^caseSensitive = true
* #child-encounter "Own visit" "The patient's own Encounter, finished."
* #participant "Participant" "A participant of the session's Encounter (R5)."
* #appointment "Appointment" "The patient's own Appointment, kept."
* #attendance-record "Attendance record" "An Observation or answer that says so, in a code that the site has named."
* #note "Note" "A signed note about the patient for the session."
* #reply "Reply" "An accepted invitation: no attendance yet."
* #roster "Roster" "Membership of the Group: no attendance, unless the site attests it."

ValueSet: AttendanceEvidenceCodes
Id: attendance-evidence-codes
Title: "Evidence of attendance"
Description: "All codes of evidence."
* include codes from system AttendanceEvidenceCodeSystem
