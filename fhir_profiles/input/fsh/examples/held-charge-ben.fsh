Instance: held-charge-ben
InstanceOf: HeldChargeTask
Usage: #example
Title: "A held charge"
Description: "Ben's charge waits: he had a diagnostic evaluation the same day."
* identifier[taskKey].value = "9B4D7H2KS6V1NQ0E"
* identifier[sessionKey].value = "K7Q2M4X9T1B5C8D0"
* status = #requested
* intent = #order
* focus = Reference(ChargeItem/charge-ben)
* for = Reference(Patient/ben)
* authoredOn = "2026-03-03"
* input[finding].type.text = "finding"
* input[finding].valueCode = #NCC01
