Extension: SessionSize
Id: session-size
Title: "How many attended"
Description: "The number of participants who attended the session: a count, so that a rule on group size can be explained without naming anybody."
Context: ChargeItem
* value[x] 1..1 MS
* value[x] only positiveInt
