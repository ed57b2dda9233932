// Value sets and extensions of others are pinned to the version they were read in. A code system in a pattern can't
// be: Coding.version would become part of what every resource must say.

// Codes
Alias: $CPT = http://www.ama-assn.org/go/cpt
Alias: $HCPCS = https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets
Alias: $POS = https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set
Alias: $NUCC = http://nucc.org/provider-taxonomy
Alias: $ICD10CM = http://hl7.org/fhir/sid/icd-10-cm
Alias: $ActCode = http://terminology.hl7.org/CodeSystem/v3-ActCode
Alias: $ParticipationType = http://terminology.hl7.org/CodeSystem/v3-ParticipationType
Alias: $ClaimType = http://terminology.hl7.org/CodeSystem/claim-type
Alias: $CareTeamRole = http://terminology.hl7.org/CodeSystem/claimcareteamrole
Alias: $ProcessPriority = http://terminology.hl7.org/CodeSystem/processpriority
Alias: $RelatedClaim = http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship
Alias: $DiagnosisType = http://terminology.hl7.org/CodeSystem/ex-diagnosistype
Alias: $SupportingInfoType = http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTSupportingInfoType
Alias: $TypeOfBill = https://www.nubc.org/CodeSystem/TypeOfBill
Alias: $AgentType = http://terminology.hl7.org/CodeSystem/provenance-participant-type
Alias: $DataOperation = http://terminology.hl7.org/CodeSystem/v3-DataOperation

// Identifiers
Alias: $SessionKey = https://w3id.org/groupbill/id/session
Alias: $VisitKey = https://w3id.org/groupbill/id/visit
Alias: $ChargeItemKey = https://w3id.org/groupbill/id/chargeitem
Alias: $ClaimKey = https://w3id.org/groupbill/id/claim
Alias: $TaskKey = https://w3id.org/groupbill/id/task

