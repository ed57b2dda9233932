// R4 has no SubscriptionTopic: this Basic carries it, as the cross-version extensions of R5 say. The build makes the
// R5 resource from it.
Instance: group-session-changed
InstanceOf: Basic
Usage: #definition
Title: "Topic: a group session changed"
Description: "The R4 form of the SubscriptionTopic for everything that may change what is billed for a session."
* code = http://hl7.org/fhir/fhir-types#SubscriptionTopic
* extension[0].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.url"
* extension[=].valueUri = "https://w3id.org/groupbill/fhir/SubscriptionTopic/group-session-changed"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.version"
* extension[=].valueString = "0.1.0"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.title"
* extension[=].valueString = "A group session changed"
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.status"
* extension[=].valueCode = #active
* insert Trigger(Encounter, "A session or somebody's part in it was planned\, finished\, corrected or cancelled.")
* insert Trigger(Group, "The roster changed.")
* insert Trigger(Claim, "A claim of anybody stands\, changed or was cancelled.")
* insert Trigger(ChargeItem, "A charge of anybody stands\, changed or was cancelled.")
* insert Trigger(ClaimResponse, "The payer answered.")
* insert Trigger(DocumentReference, "A note was written or signed.")
* insert Trigger(Coverage, "A coverage began\, ended or was corrected.")
* insert Trigger(Condition, "A diagnosis changed.")
* insert Trigger(Appointment, "A booking was kept\, missed or cancelled.")
* insert Trigger(ExplanationOfBenefit, "The payer explained what it paid.")
* insert Trigger(Composition, "A note was written or signed.")
* insert Trigger(Observation, "An attendance or a fact of the record was written down.")
* insert Trigger(QuestionnaireResponse, "An attendance was answered.")
* insert Trigger(CarePlan, "A treatment plan began or ended.")
* insert Trigger(ServiceRequest, "A referral was made or withdrawn.")
* insert Trigger(Consent, "A consent was given or withdrawn.")
* insert Trigger(EpisodeOfCare, "A program began or ended.")
* insert Trigger(Patient, "A patient was corrected or merged.")
* insert Trigger(RelatedPerson, "A relative was corrected.")
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.canFilterBy"
* extension[=].extension[0].url = "resource"
* extension[=].extension[=].valueUri = "http://hl7.org/fhir/StructureDefinition/Encounter"
* extension[=].extension[+].url = "filterParameter"
* extension[=].extension[=].valueString = "service-provider"

RuleSet: Trigger(type, when)
* extension[+].url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic.resourceTrigger"
* extension[=].extension[0].url = "description"
* extension[=].extension[=].valueMarkdown = {when}
* extension[=].extension[+].url = "resource"
* extension[=].extension[=].valueUri = "http://hl7.org/fhir/StructureDefinition/{type}"
* extension[=].extension[+].url = "supportedInteraction"
* extension[=].extension[=].valueCode = #create
* extension[=].extension[+].url = "supportedInteraction"
* extension[=].extension[=].valueCode = #update
* extension[=].extension[+].url = "supportedInteraction"
* extension[=].extension[=].valueCode = #delete
