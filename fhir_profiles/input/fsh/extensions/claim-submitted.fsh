Extension: ClaimSubmitted
Id: claim-submitted
Title: "When a claim was sent"
Description: "Set by whoever sends the claim to the payer. From then on it is corrected by replacement or void, and no longer by change."
Context: Claim
* value[x] 1..1
* value[x] only dateTime
