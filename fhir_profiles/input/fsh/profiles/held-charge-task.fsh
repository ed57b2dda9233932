Profile: HeldChargeTask
Parent: Task
Id: held-charge-task
Title: "Review of a held charge"
Description: "A person decides about a charge that a finding holds. Completed when the charge is released, cancelled when it goes. Must support marks what groupbill writes."
* id MS
* meta MS
* meta.profile MS
* meta.security MS
* extension contains CancelledBecause named cancelledBecause 0..1 MS
* identifier 2..* MS
* identifier obeys groupbill-key
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains taskKey 1..1 MS and sessionKey 1..1 MS
* identifier[taskKey].system 1..1 MS
* identifier[taskKey].system = $TaskKey
* identifier[taskKey].value 1..1 MS
* identifier[sessionKey].system 1..1 MS
* identifier[sessionKey].system = $SessionKey
* identifier[sessionKey].value 1..1 MS
* status MS
* intent MS
* intent = #order
* focus 1..1 MS
* focus only Reference(ChargeItem)
* focus.reference 1..1 MS
* for 1..1 MS
* for only Reference(Patient)
* for obeys CHG03
* authoredOn MS
// The codes of the findings that hold the charge, at least one.
* input 1..* MS
* input ^slicing.discriminator.type = #value
* input ^slicing.discriminator.path = "type.text"
* input ^slicing.rules = #open
* input contains finding 1..* MS
* input[finding].type MS
* input[finding].type.text 1..1 MS
* input[finding].type.text = "finding"
* input[finding].value[x] MS
* input[finding].value[x] only code
