Instance: groupbill-receiver
InstanceOf: CapabilityStatement
Usage: #definition
Title: "What the groupbill service offers"
Description: "The FHIR surface of `groupbill serve`: two operations, and an endpoint for notifications of Subscriptions."
* url = "https://w3id.org/groupbill/fhir/CapabilityStatement/groupbill-receiver"
* version = "0.1.0"
* name = "GroupbillReceiver"
* title = "groupbill as a server"
* status = #active
* experimental = false
* date = "2026-11-28"
* publisher = "groupbill"
* kind = #requirements
* fhirVersion = #4.0.1
* format[0] = #json
* rest.mode = #server
* rest.documentation = "Notifications of R4 and topic-based Subscriptions are taken at /hook, outside of the FHIR base; what they contain is never billed, the facts are read again."
* rest.security.description = "A shared secret in the Authorization header, or an HMAC of the body."
* rest.operation[0].name = "derive-group-charges"
* rest.operation[=].definition = "https://w3id.org/groupbill/fhir/OperationDefinition/derive-group-charges"
* rest.operation[+].name = "check-claim"
* rest.operation[=].definition = "https://w3id.org/groupbill/fhir/OperationDefinition/check-claim"
