Instance: provenance-ana
InstanceOf: ChargeProvenance
Usage: #example
Title: "Where a charge comes from"
Description: "Ana's charge and claim were made from her visit."
* target[0] = Reference(ChargeItem/charge-ana)
* target[+] = Reference(Claim/claim-ana)
* recorded = "2026-03-03T00:00:00-06:00"
* activity = $DataOperation#CREATE
* agent.type = $AgentType#assembler
* agent.who.identifier.system = "https://w3id.org/groupbill/id/software"
* agent.who.identifier.value = "groupbill 0.1.0"
* entity.role = #source
* entity.what = Reference(Encounter/attendance-ana)
