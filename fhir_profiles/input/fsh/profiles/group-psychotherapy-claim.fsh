Profile: GroupPsychotherapyClaim
Parent: Claim
Id: group-psychotherapy-claim
Title: "Claim of one participant"
Description: "A professional claim for one patient, one session and one rendering practitioner, complete for an 837P (005010X222A1). What a person adds to it (notes, further lines, another insurance) is allowed for. Must support marks what groupbill writes."
* id MS
* meta MS
* meta.profile MS
* meta.security MS
* obeys CLM02 and CLM04 and CLM07
* extension contains ClaimSubmitted named claimSubmitted 0..1 and CancelledBecause named cancelledBecause 0..1 MS
// CLM01 of the 837P, the patient control number.
* identifier 1..* MS
* identifier obeys groupbill-key
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains claimKey 1..1 MS
* identifier[claimKey].system 1..1 MS
* identifier[claimKey].system = $ClaimKey
* identifier[claimKey].value 1..1 MS
* status MS
* type MS
* type = $ClaimType#professional
// A preauthorization has the same shape and bills nothing.
* use MS
* use = #claim
* patient MS
* patient only Reference(Patient)
* patient obeys CHG03
* billablePeriod 1..1 MS
* billablePeriod.start 1..1 MS
* billablePeriod.end 1..1 MS
* created MS
* insurer MS
* provider MS
* priority MS
* priority = $ProcessPriority#normal
* related MS
* related.claim MS
* related.claim.reference MS
* related.relationship MS
* related.relationship = $RelatedClaim#prior
* related.reference MS
* related.reference.system MS
* related.reference.value 1..1 MS
* related.reference.use MS
* related.reference.type MS
* referral MS
* facility MS
* careTeam 1..* MS
* careTeam.qualification obeys PRV01
* careTeam ^slicing.discriminator.type = #pattern
* careTeam ^slicing.discriminator.path = "role"
* careTeam ^slicing.rules = #open
* careTeam contains primary 1..1 MS and supervisor 0..1 MS
* careTeam[primary].sequence MS
* careTeam[primary].provider MS
* careTeam[primary].responsible MS
* careTeam[primary].role 1..1 MS
* careTeam[primary].role = $CareTeamRole#primary
* careTeam[primary].qualification MS
* careTeam[primary].qualification from ProviderTaxonomies (preferred)
* careTeam[primary].qualification.coding 1..* MS
* careTeam[primary].qualification.coding.system 1..1 MS
* careTeam[primary].qualification.coding.code 1..1 MS
* careTeam[supervisor].sequence MS
* careTeam[supervisor].provider MS
* careTeam[supervisor].role 1..1 MS
* careTeam[supervisor].role = $CareTeamRole#supervisor
* careTeam[supervisor].qualification MS
* careTeam[supervisor].qualification.coding 1..* MS
* careTeam[supervisor].qualification.coding.system 1..1 MS
* careTeam[supervisor].qualification.coding.code 1..1 MS
* supportingInfo MS
* supportingInfo obeys claim-frequency
* supportingInfo ^slicing.discriminator.type = #pattern
* supportingInfo ^slicing.discriminator.path = "category"
* supportingInfo ^slicing.rules = #open
* supportingInfo contains claimFrequency 0..1 MS
* supportingInfo[claimFrequency].sequence MS
* supportingInfo[claimFrequency].category MS
* supportingInfo[claimFrequency].category = $SupportingInfoType#claimFrequency
* supportingInfo[claimFrequency].code 1..1 MS
* supportingInfo[claimFrequency].code from ClaimFrequencies (extensible)
* supportingInfo[claimFrequency].code.coding 1..1 MS
* supportingInfo[claimFrequency].code.coding.system 1..1 MS
* supportingInfo[claimFrequency].code.coding.code 1..1 MS
// DX01 and DX03: an 837P holds one to twelve.
* diagnosis 1..12 MS
* diagnosis.sequence MS
* diagnosis.diagnosis[x] MS
* diagnosis.diagnosis[x] only CodeableConcept
* diagnosis.diagnosisCodeableConcept obeys DX01
* diagnosis.diagnosisCodeableConcept.coding 1..* MS
* diagnosis.diagnosisCodeableConcept.coding.system 1..1 MS
* diagnosis.diagnosisCodeableConcept.coding.code 1..1 MS
* diagnosis.type 0..1 MS
* diagnosis.type from DiagnosisTypes (required)
* insurance MS
* insurance.sequence MS
* insurance.focal MS
* insurance.coverage MS
* insurance.coverage.reference 1..1 MS
// REF*G1 stands once for the claim and once for the line.
* insurance.preAuthRef 0..2 MS
// CLM05: an 837P holds fifty lines.
* item 1..50 MS
* item.extension contains LineItemControlNumber named lineItemControlNumber 0..1 MS
* item obeys DX04
* item.sequence MS
* item.careTeamSequence 1..* MS
* item.diagnosisSequence 1..4 MS
* item.productOrService MS
* item.productOrService obeys procedure-code
* item.productOrService.coding 1..* MS
* item.productOrService.coding.system 1..1 MS
* item.productOrService.coding.code 1..1 MS
// MOD01: SV101 has four places.
* item.modifier 0..4 MS
* item.modifier obeys MOD02
* item.modifier.coding 1..1 MS
* item.modifier.coding.system 1..1 MS
* item.modifier.coding.code 1..1 MS
* item.serviced[x] 1..1 MS
* item.serviced[x] only date
// TEL01: the place is decided per participant.
* item.location[x] 1..1 MS
* item.location[x] only CodeableConcept
* item.locationCodeableConcept obeys TEL01
* item.locationCodeableConcept.coding 1..* MS
* item.locationCodeableConcept.coding.system 1..1 MS
* item.locationCodeableConcept.coding.code 1..1 MS
* item.quantity 1..1 MS
* item.quantity obeys CHG01
* item.quantity.value 1..1 MS
* item.unitPrice 1..1 MS
* item.unitPrice obeys CHG08
* item.unitPrice.value 1..1 MS
* item.unitPrice.currency 1..1 MS
* item.unitPrice.currency = #USD
* item.net 1..1 MS
* item.net obeys CHG08
* item.net.value 1..1 MS
* item.net.currency 1..1 MS
* item.net.currency = #USD
* item.encounter 1..1 MS
* item.encounter obeys CHG09
* total 1..1 MS
* total obeys CHG08
* total.value 1..1 MS
* total.currency 1..1 MS
* total.currency = #USD

Invariant: CLM02
Description: "A replacement or void names the claim it is about and the payer's control number of it; without such a frequency there is nothing to name."
Expression: "supportingInfo.where(category.coding.where(code = 'claimFrequency').exists()).exists() = related.where(reference.exists()).exists()"
Severity: #error

Invariant: CLM04
Description: "The lines of groupbill carry a control number, by which a payment finds them."
Expression: "item.extension.where(url = 'https://w3id.org/groupbill/fhir/StructureDefinition/line-item-control-number').exists()"
Severity: #error

Invariant: CLM07
Description: "Exactly one insurance is the one that this claim is for."
Expression: "insurance.where(focal = true).count() = 1"
Severity: #error

// A binding would ask servers for a code system of NUBC that they don't have.
Invariant: claim-frequency
Description: "A claim frequency that is said is a replacement or a void; an original says none."
Expression: "category.coding.where(code = 'claimFrequency').exists() implies code.coding.where(system = 'https://www.nubc.org/CodeSystem/TypeOfBill' and (code = '7' or code = '8')).exists()"
Severity: #error

Invariant: DX01
Description: "One ICD-10-CM code, written with its dot."
Expression: "coding.where(system = 'http://hl7.org/fhir/sid/icd-10-cm' and code.matches('^[A-Z][0-9][0-9A-Z]([.][0-9A-Z]{1,4})?$')).count() = 1"
Severity: #error

Invariant: DX04
Description: "A line points at a diagnosis once."
Expression: "diagnosisSequence.isDistinct()"
Severity: #error

Invariant: PRV01
Description: "A taxonomy code of NUCC has ten characters."
Expression: "coding.where(system = 'http://nucc.org/provider-taxonomy').all(code.matches('^[0-9A-Z]{10}$'))"
Severity: #error

Invariant: TEL01
Description: "One place of service of CMS: two digits."
Expression: "coding.where(system = 'https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set' and code.matches('^[0-9]{2}$')).count() = 1"
Severity: #error
