Instance: derive-group-charges
InstanceOf: OperationDefinition
Usage: #definition
Title: "Derive group charges"
Description: "Computes what should stand for the sessions in a Bundle. Nothing is written: the caller carries out the transactions."
* url = "https://w3id.org/groupbill/fhir/OperationDefinition/derive-group-charges"
* version = "0.1.0"
* name = "DeriveGroupCharges"
* title = "Derive group charges"
* status = #active
* kind = #operation
* experimental = false
* date = "2026-11-28"
* publisher = "groupbill"
* affectsState = false
* code = #derive-group-charges
* comment = "The facts are the resources that `groupbill run` would be given: Encounters, Groups, Patients, Coverages, Conditions, what is charged and claimed already. Running it on its own result plans nothing."
* system = true
* type = false
* instance = false
* parameter[0].name = #resource
* parameter[=].use = #in
* parameter[=].min = 1
* parameter[=].max = "*"
* parameter[=].documentation = "The facts: a Bundle, or single resources."
* parameter[=].type = #Resource
* parameter[+].name = #today
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].documentation = "The day of the run; by default today in the time zone of the settings."
* parameter[=].type = #date
* parameter[+].name = #transaction
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "A transaction Bundle of ChargeItems, Claims, Tasks and Provenances, grouped by patient; without entries when nothing is to do."
* parameter[=].type = #Bundle
* parameter[+].name = #outcome
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "The findings, each coded in the CodeSystem findings."
* parameter[=].type = #OperationOutcome
