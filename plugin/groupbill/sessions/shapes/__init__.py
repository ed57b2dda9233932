"""One module per shape in which group sessions are recorded, by what names the session.

| shape | module | names a session | confidence |
|---|---|---|---|
| B | `parts` | Encounters that are part of it | 1.0 |
| F | `participants` | R5: Patients are its participants | 1.0 |
| E | `own_appointments` | an Appointment each, in one slot, booked as a group | 0.8 |
| H | `links` | visits that share an Appointment, identifier, order, or are associated | 0.9, 0.5 without a code |
| C | `same_slot` | visits of one leader at one time | 0.9, 0.7 where only some, 0.5 where none state a code |
| A | `group_subject` | its subject is a Group | 0.9 |
| I | `unnamed_group` | as A, the Group being contained or named by identifier or display | 0.9 |
| D | `shared_appointment` | one Appointment of many | 0.8, 0.5 without a group signal |

G, the group note, is evidence only. Those of an Encounter of the group (A, B, F, I) and of Appointments come
first; what is recorded about the same session in another shape joins it.
"""
