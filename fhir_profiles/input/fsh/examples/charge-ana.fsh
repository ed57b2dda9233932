Instance: charge-ana
InstanceOf: GroupPsychotherapyChargeItem
Usage: #example
Title: "A charge"
Description: "Ana's charge for the session, with a modifier for video."
* extension[chargeModifier].valueCodeableConcept = $CPT#95
* extension[attendanceEvidence].valueCode = #child-encounter
* extension[sessionSize].valuePositiveInt = 8
* identifier[chargeItemKey].value = "7N2F4R8TQ0M1ZX5B"
* identifier[sessionKey].value = "K7Q2M4X9T1B5C8D0"
* status = #billable
* code = $CPT#90853
* subject = Reference(Patient/ana)
* context = Reference(Encounter/attendance-ana)
* occurrencePeriod.start = "2026-03-02T15:05:00-06:00"
* occurrencePeriod.end = "2026-03-02T16:30:00-06:00"
* performer.actor = Reference(Practitioner/rivera)
* quantity.value = 1
* priceOverride.value = 120.00
* priceOverride.currency = #USD
* enteredDate = "2026-03-03"
