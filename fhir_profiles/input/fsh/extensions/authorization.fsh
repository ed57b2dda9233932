Extension: Authorization
Id: authorization
Title: "Authorization number"
Description: "The number of a prior authorization, where it is kept with the Coverage and not as a ClaimResponse. It becomes insurance.preAuthRef (REF*G1)."
Context: Coverage
* value[x] 1..1
* value[x] only string
