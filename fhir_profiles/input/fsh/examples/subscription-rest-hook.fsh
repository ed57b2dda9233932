Instance: subscription-rest-hook
InstanceOf: Subscription
Usage: #example
Title: "R4 Subscription"
Description: "Every Encounter, by the criteria of plain R4. `groupbill subscribe` makes one per type of resource."
* status = #requested
* reason = "Group psychotherapy charges"
* criteria = "Encounter?"
* channel.type = #rest-hook
* channel.endpoint = "https://groupbill.example/hook"
* channel.payload = #application/fhir+json
* channel.header = "Authorization: Bearer replace-me"
