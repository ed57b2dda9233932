Instance: groupbill-client
InstanceOf: CapabilityStatement
Usage: #definition
Title: "What groupbill asks of a FHIR server"
Description: "The interactions by which groupbill reads the facts of a session and writes charges and claims. A server without ChargeItem or Claim gets files instead."
* url = "https://w3id.org/groupbill/fhir/CapabilityStatement/groupbill-client"
* version = "0.1.0"
* name = "GroupbillClient"
* title = "groupbill as a client"
* status = #active
* experimental = false
* date = "2026-11-28"
* publisher = "groupbill"
* kind = #requirements
* fhirVersion = #4.0.1
* format[0] = #json
* rest.mode = #client
* rest.documentation = "Everything of one patient goes in one transaction of PUTs with client ids. Where a server takes none, groupbill falls back: conditional create, batch, single writes, a file."
* rest.interaction[0].code = #transaction
* rest.interaction[+].code = #batch
* insert Read(Encounter)
* insert Search(_id, token)
* insert Search(part-of, reference)
* insert Search(subject, reference)
* insert Search(participant, reference)
* insert Search(appointment, reference)
* insert Search(date, date)
* insert Read(Group)
* insert Search(_id, token)
* insert Search(member, reference)
* insert Read(Appointment)
* insert Search(_id, token)
* insert Search(actor, reference)
* insert Search(patient, reference)
* insert Search(practitioner, reference)
* insert Search(date, date)
* insert Read(Patient)
* insert Search(_id, token)
* insert Search(link, reference)
* insert Read(Coverage)
* insert Search(_id, token)
* insert Search(beneficiary, reference)
* insert Read(Condition)
* insert Search(_id, token)
* insert Search(subject, reference)
* insert Read(DocumentReference)
* insert Search(encounter, reference)
* insert Read(Composition)
* insert Search(encounter, reference)
* insert Read(Observation)
* insert Search(encounter, reference)
* insert Read(QuestionnaireResponse)
* insert Search(encounter, reference)
* insert Read(CarePlan)
* insert Search(subject, reference)
* insert Read(EpisodeOfCare)
* insert Search(patient, reference)
* insert Read(ServiceRequest)
* insert Search(subject, reference)
* insert Read(Consent)
* insert Search(patient, reference)
* insert Read(RelatedPerson)
* insert Search(_id, token)
* insert Search(patient, reference)
* insert Read(ClaimResponse)
* insert Search(patient, reference)
* insert Read(ExplanationOfBenefit)
* insert Search(patient, reference)
* insert Read(Practitioner)
* insert Search(_id, token)
* insert Read(PractitionerRole)
* insert Search(_id, token)
* insert Search(practitioner, reference)
* insert Read(Organization)
* insert Search(_id, token)
* insert Search(identifier, token)
* insert Read(ChargeItemDefinition)
* insert Read(Location)
* insert Search(_id, token)
* insert Write(ChargeItem, group-psychotherapy-charge-item)
* insert Search(_id, token)
* insert Search(subject, reference)
* insert Search(identifier, token)
* insert Write(Claim, group-psychotherapy-claim)
* insert Search(_id, token)
* insert Search(patient, reference)
* insert Search(identifier, token)
* insert Write(Task, held-charge-task)
* insert Search(_id, token)
* insert Search(identifier, token)
* insert Write(Provenance, charge-provenance)
* insert Search(_id, token)
* insert Keep(Subscription)
* insert Keep(Basic)
* insert Search(identifier, token)

RuleSet: Read(type)
* rest.resource[+].type = #{type}
* rest.resource[=].interaction[0].code = #read
* rest.resource[=].interaction[+].code = #search-type

RuleSet: Write(type, profile)
* insert Read({type})
* rest.resource[=].supportedProfile = "https://w3id.org/groupbill/fhir/StructureDefinition/{profile}"
* rest.resource[=].interaction[+].code = #create
* rest.resource[=].interaction[+].code = #update

RuleSet: Keep(type)
* insert Read({type})
* rest.resource[=].documentation = "Only where `groupbill subscribe` is used."
* rest.resource[=].interaction[+].code = #create
* rest.resource[=].interaction[+].code = #update
* rest.resource[=].interaction[+].code = #delete

RuleSet: Search(name, type)
* rest.resource[=].searchParam[+].name = "{name}"
* rest.resource[=].searchParam[=].type = #{type}
