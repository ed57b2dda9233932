Instance: dbt-monday
InstanceOf: GroupRoster
Usage: #example
Title: "A roster"
Description: "Two members; one left the group in February."
* active = true
* type = #person
* actual = true
* member[0].entity = Reference(Patient/ana)
* member[+].entity = Reference(Patient/ben)
* member[=].period.end = "2026-02-14"
* member[=].inactive = true
