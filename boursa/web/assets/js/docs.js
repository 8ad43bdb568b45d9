// The page of the programming interface: Swagger UI, from our own files; it asks no other host for anything.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const place = document.querySelector("[data-openapi]");

// Its list of servers comes without a name.
const label = () => place.querySelector("#servers")?.setAttribute("aria-label", "Server");

// Without deep links: they put a link into every button, which neither keys nor readers can take apart.
SwaggerUI({ domNode: place, url: place.dataset.openapi, validatorUrl: null, deepLinking: false, onComplete: label });
