Instance: claim-ana
InstanceOf: GroupPsychotherapyClaim
Usage: #example
Title: "A claim"
Description: "Ana's claim for the session."
* insert ClaimOfAna
* identifier[claimKey].value = "3X8K1M7PW5T0CJ2A"
* status = #active
* created = "2026-03-03"
* item.extension[lineItemControlNumber].valueString = "3X8K1M7PW5T0CJ2A-1"

RuleSet: ClaimOfAna
* type = $ClaimType#professional
* use = #claim
* patient = Reference(Patient/ana)
* billablePeriod.start = "2026-03-02"
* billablePeriod.end = "2026-03-02"
* insurer = Reference(Organization/bluestar)
* provider = Reference(Organization/clinic)
* priority = $ProcessPriority#normal
* careTeam[primary].sequence = 1
* careTeam[primary].provider = Reference(Practitioner/rivera)
* careTeam[primary].responsible = true
* careTeam[primary].role = $CareTeamRole#primary
* careTeam[primary].qualification = $NUCC#1041C0700X
* diagnosis.sequence = 1
* diagnosis.diagnosisCodeableConcept = $ICD10CM#F33.1
* diagnosis.type = $DiagnosisType#principal
* insurance.sequence = 1
* insurance.focal = true
* insurance.coverage = Reference(Coverage/cov-ana)
* item.sequence = 1
* item.careTeamSequence = 1
* item.diagnosisSequence = 1
* item.productOrService = $CPT#90853
* item.modifier = $CPT#95
* item.servicedDate = "2026-03-02"
* item.locationCodeableConcept = $POS#10
* item.quantity.value = 1
* item.unitPrice.value = 120.00
* item.unitPrice.currency = #USD
* item.net.value = 120.00
* item.net.currency = #USD
* item.encounter = Reference(Encounter/attendance-ana)
* total.value = 120.00
* total.currency = #USD
