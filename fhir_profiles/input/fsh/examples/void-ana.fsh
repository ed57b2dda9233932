Instance: void-ana
InstanceOf: GroupPsychotherapyClaim
Usage: #example
Title: "A void"
Description: "Ana had not been there after all: the paid claim is taken back."
* insert ClaimOfAna
* identifier[claimKey].value = "6T1R9W4ZE8B0GK3D"
* status = #active
* created = "2026-04-20"
* related.claim = Reference(Claim/claim-ana)
* related.relationship = $RelatedClaim#prior
* related.reference.system = "http://bluestar.example/icn"
* related.reference.value = "ICN0042"
* supportingInfo[claimFrequency].sequence = 1
* supportingInfo[claimFrequency].category = $SupportingInfoType#claimFrequency
* supportingInfo[claimFrequency].code = $TypeOfBill#8
* item.extension[lineItemControlNumber].valueString = "6T1R9W4ZE8B0GK3D-1"
