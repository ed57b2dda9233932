Instance: check-claim
InstanceOf: OperationDefinition
Usage: #definition
Title: "Check a claim"
Description: "Checks Claims and ChargeItems that exist, anybody's, against each other, per patient and day. Nothing is written."
* url = "https://w3id.org/groupbill/fhir/OperationDefinition/check-claim"
* version = "0.1.0"
* name = "CheckClaim"
* title = "Check a claim"
* status = #active
* kind = #operation
* experimental = false
* date = "2026-11-28"
* publisher = "groupbill"
* affectsState = false
* code = #check-claim
* comment = "With Encounters, Coverages and notes beside the claims, the rules on sessions, times and documentation are checked too."
* system = true
* type = false
* instance = false
* parameter[0].name = #resource
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "*"
* parameter[=].documentation = "A Claim, or a Bundle of Claims, ChargeItems and facts about them."
* parameter[=].type = #Resource
* parameter[+].name = #today
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].documentation = "The day of the check; by default today in the time zone of the settings."
* parameter[=].type = #date
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "The findings, each coded in the CodeSystem findings."
* parameter[=].type = #OperationOutcome
