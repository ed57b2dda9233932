Extension: AttendanceEvidence
Id: attendance-evidence
Title: "Evidence of attendance"
Description: "What shows that the participant was there. A roster alone is none."
Context: ChargeItem
* value[x] 1..1 MS
* value[x] only code
* valueCode from AttendanceEvidenceCodes (required)
