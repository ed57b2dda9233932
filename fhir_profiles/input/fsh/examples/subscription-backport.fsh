Instance: subscription-backport
InstanceOf: Subscription
Usage: #example
Title: "R5 backport Subscription in R4"
Description: "The topic of groupbill, by the backport of R5 Subscriptions: only ids are sent, the facts are read again."
* status = #requested
* reason = "Group psychotherapy charges"
* criteria = "https://w3id.org/groupbill/fhir/SubscriptionTopic/group-session-changed"
* channel.type = #rest-hook
* channel.endpoint = "https://groupbill.example/hook"
* channel.payload = #application/fhir+json
* channel.payload.extension[0].url = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content"
* channel.payload.extension[=].valueCode = #id-only
* channel.extension[0].url = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period"
* channel.extension[=].valueUnsignedInt = 3600
* channel.header = "Authorization: Bearer replace-me"
