Profile: GroupRoster
Parent: Group
Id: group-roster
Title: "Roster of a therapy group"
Description: "Who belongs to a group, and from when to when. Belonging is not attending."
* type = #person
* actual = true
* member.entity only Reference(Patient or Group)
* obeys patients-only

Invariant: patients-only
Description: "Members are patients, or groups of them: nobody else is billed."
Expression: "member.entity.reference.all($this.contains('Patient/') or $this.contains('Group/') or $this.contains('urn:uuid:'))"
Severity: #error
