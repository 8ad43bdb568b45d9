// The page of the programming interface: Swagger UI, from our own files; it asks no other host for anything.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const place = document.querySelector("[data-openapi]");
SwaggerUI({ domNode: place, url: place.dataset.openapi, validatorUrl: null, deepLinking: true, onComplete: mend });

// What it leaves out for those who listen to a page: a name for its list.
function mend() {
  place.querySelector("#servers")?.setAttribute("aria-label", "Server");
}
