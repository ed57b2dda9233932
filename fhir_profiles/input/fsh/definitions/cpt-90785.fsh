Instance: cpt-90785
InstanceOf: ChargeItemDefinition
Usage: #definition
Title: "Interactive complexity"
Description: "When the add-on CPT 90785 is charged beside group psychotherapy. A site adds its list price as a priceComponent of type base."
* url = "https://w3id.org/groupbill/fhir/ChargeItemDefinition/cpt-90785"
* version = "0.1.0"
* title = "Interactive complexity, an add-on"
* status = #active
* experimental = false
* date = "2026-11-28"
* publisher = "groupbill"
* copyright = "CPT is copyright of the American Medical Association. Codes only."
* code = $CPT#90785
* applicability[0].description = "Only beside a primary service of the same practitioner and day (90853 among them), for a patient whose own record shows the communication factor."
* applicability[=].language = "text/fhirpath"
* applicability[=].expression = "subject.reference.startsWith('Patient/') and quantity.value = 1"
