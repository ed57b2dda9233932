Profile: ChargeProvenance
Parent: Provenance
Id: charge-provenance
Title: "Where a charge comes from"
Description: "What the charges, claims and tasks of one patient were made from: the visit in its version, the payer policy, the editions of the tables, the software and its plugins. Must support marks what groupbill writes."
* id MS
* meta MS
* meta.profile MS
* meta.security MS
* target MS
* target only Reference(ChargeItem or Claim or Task)
* target.reference 1..1 MS
* recorded MS
* activity 1..1 MS
* activity from WriteActivities (required)
* agent MS
* agent.type 1..1 MS
* agent.type from WriteAgents (required)
* agent.who MS
* agent.who.identifier 1..1 MS
* agent.who.identifier.system 1..1 MS
* agent.who.identifier.value 1..1 MS
* entity 1..* MS
* entity.role MS
* entity.what MS
