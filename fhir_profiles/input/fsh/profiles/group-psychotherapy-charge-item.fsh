Profile: GroupPsychotherapyChargeItem
Parent: ChargeItem
Id: group-psychotherapy-charge-item
Title: "Charge of one participant"
Description: "One line of one participant of one session. It names the patient and the patient's own visit, never the Group, the session or another patient. Must support marks what groupbill writes."
* id MS
* meta MS
* meta.profile MS
* meta.security MS
* extension contains
    ChargeModifier named chargeModifier 0..4 MS and
    AttendanceEvidence named attendanceEvidence 0..1 MS and
    SessionSize named sessionSize 0..1 MS and
    CancelledBecause named cancelledBecause 0..1 MS
// The first finds the charge again whatever id a server gave it, the second finds all charges of a session.
* identifier 2..* MS
* identifier obeys groupbill-key
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains chargeItemKey 1..1 MS and sessionKey 1..1 MS
* identifier[chargeItemKey].system 1..1 MS
* identifier[chargeItemKey].system = $ChargeItemKey
* identifier[chargeItemKey].value 1..1 MS
* identifier[sessionKey].system 1..1 MS
* identifier[sessionKey].system = $SessionKey
* identifier[sessionKey].value 1..1 MS
* status MS
* code MS
* code obeys procedure-code
* code.coding 1..* MS
* code.coding.system 1..1 MS
* code.coding.code 1..1 MS
// CHG01: one charge per person, never one for the Group.
* subject 1..1 MS
* subject only Reference(Patient)
* subject obeys CHG03
* context 1..1 MS
* context only Reference(Encounter)
* context obeys CHG09
* occurrence[x] 1..1 MS
* occurrence[x] only Period
* occurrencePeriod.start 1..1 MS
* occurrencePeriod.end MS
* performer MS
* performer.actor MS
* quantity 1..1 MS
* quantity obeys CHG01
* quantity.value 1..1 MS
* priceOverride MS
* priceOverride obeys CHG08
* priceOverride.value 1..1 MS
* priceOverride.currency 1..1 MS
* priceOverride.currency = #USD
* enteredDate MS

Invariant: CHG01
Description: "A charge is for one person's unit or units: more than none, and never computed from the size of the group."
Expression: "value > 0"
Severity: #error

Invariant: CHG08
Description: "An amount is not negative."
Expression: "value >= 0"
Severity: #error

Invariant: CHG09
Description: "The patient's own Encounter; where there is none, a logical reference that stands for the visit and that no other patient shares."
Expression: "reference.exists() or identifier.where(system = 'https://w3id.org/groupbill/id/visit' and value.matches('^[0-9A-HJKMNP-TV-Z]{16}$')).exists()"
Severity: #error

Invariant: CHG03
Description: "It is for a Patient: by reference, or by an identifier that says so."
Expression: "reference.contains('Patient/') or reference.startsWith('urn:') or (type = 'Patient' and identifier.value.exists())"
Severity: #error

Invariant: groupbill-key
Description: "A key of groupbill is 16 characters of Crockford's base32, so that it can stand in a search and on an 837P."
Expression: "system.startsWith('https://w3id.org/groupbill/id/') implies value.matches('^[0-9A-HJKMNP-TV-Z]{16}$')"
Severity: #error

Invariant: procedure-code
Description: "One CPT or HCPCS code, written as its system writes it. Codings of other systems may stand beside it."
Expression: "coding.where((system = 'http://www.ama-assn.org/go/cpt' and code.matches('^[0-9]{4}[0-9A-Z]$')) or (system = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets' and code.matches('^[A-Z][0-9]{4}$'))).count() = 1"
Severity: #error

Invariant: MOD02
Description: "A modifier is two digits in the CPT system, or two characters with a letter among them in the HCPCS system."
Expression: "coding.all((system = 'http://www.ama-assn.org/go/cpt' and code.matches('^[0-9]{2}$')) or (system = 'https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets' and code.matches('^([A-Z][A-Z0-9]|[0-9][A-Z])$')))"
Severity: #error
