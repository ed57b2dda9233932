ValueSet: FindingCodes
Id: finding-codes
Title: "Findings"
Description: "All codes of findings."
* include codes from system FindingsCodeSystem

ValueSet: GroupServiceCodes
Id: group-service-codes
Title: "Services of groups and families"
Description: "The CPT codes that groupbill derives. Descriptors are the AMA's and are not repeated."
* ^copyright = "CPT is copyright of the American Medical Association. Codes only."
* $CPT#90853
* $CPT#90849
* $CPT#90847
* $CPT#90846
* $CPT#90785

ValueSet: ClaimFrequencies
Id: claim-frequencies
Title: "Claim frequencies"
Description: "Third position of the type of bill (CLM05-3), where it is not 1: replacement and void."
* $TypeOfBill#7
* $TypeOfBill#8

ValueSet: DiagnosisTypes
Id: diagnosis-types
Title: "Types of diagnosis"
Description: "The principal diagnosis (ABK); the others carry no type (ABF)."
* $DiagnosisType#principal

ValueSet: ProviderTaxonomies
Id: provider-taxonomies
Title: "Provider taxonomies"
Description: "NUCC taxonomy codes."
* include codes from system $NUCC

ValueSet: WriteActivities
Id: write-activities
Title: "Activities of groupbill"
Description: "Whether something was made, or something on file was changed."
* $DataOperation#CREATE
* $DataOperation#UPDATE

ValueSet: WriteAgents
Id: write-agents
Title: "Agents of groupbill"
Description: "The software that assembled a charge, and the plugins that took part."
* $AgentType#assembler
* $AgentType#verifier
