// The page of the programming interface: Swagger UI, from our own files; it asks no other host for anything.
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const place = document.querySelector("[data-openapi]");

// Its own layout draws a <main>, and the page has one already; this one draws the parts that we need without it.
const layout = ({ React }) => {
  const Layout = ({ getComponent, specSelectors }) => {
    const part = (name) => React.createElement(getComponent(name, true), { key: name });
    if (specSelectors.loadingStatus() !== "success") {
      return React.createElement("div", { className: "swagger-ui" }, part("errors"));
    }
    const row = (name) => React.createElement("div", { className: "wrapper", key: name }, part(name));
    const authorize = React.createElement(
      "div",
      { className: "scheme-container", key: "authorize" },
      React.createElement("div", { className: "schemes wrapper" }, part("AuthorizeBtnContainer")),
    );
    return React.createElement("div", { className: "swagger-ui" }, [
      part("SvgAssets"),
      part("errors"),
      row("InfoContainer"),
      authorize,
      row("operations"),
      row("Models"),
    ]);
  };
  return { components: { Layout } };
};

SwaggerUI({
  domNode: place,
  url: place.dataset.openapi,
  validatorUrl: null,
  deepLinking: false, // deep links put a link into every button, which neither keys nor readers can take apart
  plugins: [layout],
  layout: "Layout",
});
