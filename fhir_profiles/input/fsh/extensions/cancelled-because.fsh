Extension: CancelledBecause
Id: cancelled-because
Title: "Why groupbill cancelled"
Description: "Stands on what groupbill itself ended. An end without it was decided by a person and is respected."
Context: ChargeItem, Claim, Task
* value[x] 1..1 MS
* value[x] only code
* valueCode from CancelledBecauseCodes (required)
