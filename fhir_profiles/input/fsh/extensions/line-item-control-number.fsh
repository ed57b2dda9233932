Extension: LineItemControlNumber
Id: line-item-control-number
Title: "Line item control number"
Description: "REF*6R of an 837P: the payer repeats it in the 835, so that a payment finds its line. R4 has no element for it."
Context: Claim.item
* value[x] 1..1 MS
* value[x] only string
* valueString ^maxLength = 30
