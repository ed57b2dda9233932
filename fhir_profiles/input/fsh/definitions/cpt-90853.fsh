Instance: cpt-90853
InstanceOf: ChargeItemDefinition
Usage: #definition
Title: "Group psychotherapy"
Description: "When CPT 90853 is charged. A site adds its list price as a priceComponent of type base."
* url = "https://w3id.org/groupbill/fhir/ChargeItemDefinition/cpt-90853"
* version = "0.1.0"
* title = "Group psychotherapy, other than of several families"
* status = #active
* experimental = false
* date = "2026-11-28"
* publisher = "groupbill"
* copyright = "CPT is copyright of the American Medical Association. Codes only."
* code = $CPT#90853
* applicability[0].description = "One unit per patient who attended."
* applicability[=].language = "text/fhirpath"
* applicability[=].expression = "subject.reference.startsWith('Patient/') and quantity.value = 1"
* applicability[+].description = "There is evidence of attendance, stronger than a roster."
* applicability[=].language = "text/fhirpath"
* applicability[=].expression = "extension.where(url = 'https://w3id.org/groupbill/fhir/StructureDefinition/attendance-evidence').value != 'roster'"
* applicability[+].description = "At least two attended."
* applicability[=].language = "text/fhirpath"
* applicability[=].expression = "extension.where(url = 'https://w3id.org/groupbill/fhir/StructureDefinition/session-size').value >= 2"
