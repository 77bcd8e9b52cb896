// The map that can be moved: the points of the simple map, with tiles where the deployment has some.
// Whoever uses a keyboard or a screen reader has the list beside it, which says the same and more.
const box = document.getElementById("moving-map");
const { features } = JSON.parse(document.getElementById("map-points").textContent);
const { tiles, attribution, latitude, longitude, miles } = box.dataset;

const words = (text, tag = "span") => Object.assign(document.createElement(tag), { textContent: text });

box.hidden = false;
document.getElementById("still-map").classList.add("print-only");
const map = L.map(box, { scrollWheelZoom: false, keyboard: false });
map.attributionControl.setPrefix(false);
if (tiles) L.tileLayer(tiles, { attribution: words(attribution, "span").innerHTML, maxZoom: 18 }).addTo(map);

const bounds = L.latLngBounds(features.map(({ geometry: { coordinates: [east, north] } }) => [north, east]));
if (latitude) bounds.extend(L.latLng(latitude, longitude).toBounds(miles * 2 * 1609));
map.fitBounds(bounds, { maxZoom: 14, padding: [24, 24] });
if (latitude) {
  L.circle([latitude, longitude], { radius: miles * 1609, interactive: false, className: "moving-map__ring" }).addTo(map);
}
for (const { geometry, properties } of features) {
  const [east, north] = geometry.coordinates;
  const said = document.createElement("p");
  const link = Object.assign(words(properties.name, "a"), { href: `#pin-${properties.number}` });
  said.append(link, document.createElement("br"), words(`${properties.courses} ${properties.courses === 1 ? "course" : "courses"}`));
  const icon = L.divIcon({ className: "moving-map__pin", html: words(properties.number), iconSize: [30, 30] });
  L.marker([north, east], { icon, keyboard: false, riseOnHover: true }).bindPopup(said).addTo(map);
}
