// A panel over the page: focus goes in, Escape or a click outside brings it back.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface Props { title: string; kind?: "side" | "middle" | "wide"; onClose: () => void; children: ComponentChildren }

export function Drawer({ title, kind = "side", onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  return (
    <dialog ref={dialog} class={`drawer ${kind}`} aria-labelledby="drawer-title"
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onClick={(event) => { if (event.target === dialog.current) onClose(); }}>
      <div class="drawer-body">
        <header><h2 id="drawer-title">{title}</h2><button type="button" class="icon" onClick={onClose} aria-label="Close">✕</button></header>
        {children}
      </div>
    </dialog>
  );
}
