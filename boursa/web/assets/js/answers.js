// What the server says when it refuses, and how it reaches the person: as one sentence.
import { toast } from "./toasts.js";

/** The one sentence of an error page or of a problem+json answer; "" if there is none. */
export function sentenceOf(type, body) {
  if ((type ?? "").includes("json")) {
    try {
      const problem = JSON.parse(body);
      return problem.detail ?? problem.title ?? "";
    } catch {
      return "";
    }
  }
  const page = new DOMParser().parseFromString(body, "text/html");
  return page.querySelector("[data-problem]")?.textContent.trim() ?? "";
}

const words = () => document.getElementById("toasts").dataset;

document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  toast(sentenceOf(xhr.getResponseHeader("Content-Type"), xhr.responseText) || words().failed, "error");
});
document.addEventListener("htmx:sendError", () => toast(words().lost, "error"));
