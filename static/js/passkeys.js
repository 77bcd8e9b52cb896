// Passkeys: takes the portal's question to the browser and the browser's answer to the form. Forms stay plain posts.
const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};
const letters = (buffer) => {
  let plain = "";
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
const keys = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

const make = async (options) => {
  const asked = options.publicKey;
  const key = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: keys(asked.excludeCredentials),
    },
  });
  return {
    id: key.id,
    rawId: letters(key.rawId),
    type: key.type,
    clientExtensionResults: key.getClientExtensionResults(),
    response: {
      clientDataJSON: letters(key.response.clientDataJSON),
      attestationObject: letters(key.response.attestationObject),
      transports: key.response.getTransports?.() ?? [],
    },
  };
};
const ask = async (options) => {
  const asked = options.publicKey;
  const key = await navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) },
  });
  return {
    id: key.id,
    rawId: letters(key.rawId),
    type: key.type,
    clientExtensionResults: key.getClientExtensionResults(),
    response: {
      clientDataJSON: letters(key.response.clientDataJSON),
      authenticatorData: letters(key.response.authenticatorData),
      signature: letters(key.response.signature),
      userHandle: key.response.userHandle ? letters(key.response.userHandle) : null,
    },
  };
};

const hasKeys = Boolean(window.PublicKeyCredential && navigator.credentials);

// A form with only a button: hidden where there are no passkeys.
for (const form of document.querySelectorAll("form[data-passkey=get]")) {
  if (!hasKeys) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const status = form.querySelector("[role=status]");
    status.textContent = "";
    try {
      const options = await (await fetch(form.dataset.options, { headers: { Accept: "application/json" } })).json();
      form.elements.credential.value = JSON.stringify(await ask(options));
      form.submit();
    } catch {
      status.textContent = status.dataset.words;
    }
  });
}

// The page that makes one: the name is an ordinary field, and the key is made when the form is sent.
const options = document.querySelector("#passkey-options");
if (options) {
  const status = document.querySelector("#passkey-status");
  const form = document.querySelector("input[name=credential]").form;
  if (!hasKeys) status.textContent = status.dataset.none;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify(await make(JSON.parse(options.textContent)));
      form.submit();
    } catch {
      status.textContent = hasKeys ? status.dataset.words : status.dataset.none;
    }
  });
}
