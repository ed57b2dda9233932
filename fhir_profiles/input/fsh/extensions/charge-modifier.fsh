Extension: ChargeModifier
Id: charge-modifier
Title: "Modifier of a charge"
Description: "A CPT or HCPCS modifier of the charge. Neither R4 nor R5 ChargeItem has an element for it. The order counts: it becomes the order of Claim.item.modifier."
Context: ChargeItem
* value[x] 1..1 MS
* value[x] only CodeableConcept
* valueCodeableConcept obeys MOD02
* valueCodeableConcept.coding 1..1 MS
* valueCodeableConcept.coding.system 1..1 MS
* valueCodeableConcept.coding.code 1..1 MS
