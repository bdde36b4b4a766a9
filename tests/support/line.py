"""A line between one client and its gateway that can lose an answer: what the client says arrives, and the connection
breaks before the gateway's ACCEPTED or Joined comes back. Plain connections only, because it must see the frames."""
import socket
import threading

LOST_FIELDS = {10, 81}  # ServerFrame.accepted and .joined in proto/holdspace/v1/frame.proto
READ_BYTES = 65536


class Line:
    def __init__(self, gateway_port):
        self.gateway_port = gateway_port
        self.answers_to_lose = 0
        self.lost = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                gateway = socket.create_connection(("127.0.0.1", self.gateway_port))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self.carry, args=(client, gateway, None), daemon=True).start()
            threading.Thread(target=self.carry, args=(gateway, client, Frames()), daemon=True).start()

    def carry(self, source, target, frames):
        try:
            while data := source.recv(READ_BYTES):
                if frames is not None and frames.has_answer(data) and self.answers_to_lose > 0:
                    self.answers_to_lose -= 1
                    self.lost += 1
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def close(self):
        self.listener.close()


class Frames:
    """Finds those answers in what a gateway sends: an HTTP answer, then unmasked WebSocket frames, one message each."""

    def __init__(self):
        self.buffer = b""
        self.upgraded = False

    def has_answer(self, data):
        self.buffer += data
        if not self.upgraded:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return False
            self.upgraded, self.buffer = True, rest
        seen = False
        while (frame := self.next_frame()) is not None:
            seen = seen or bool(LOST_FIELDS & fields(frame))
        return seen

    def next_frame(self):
        if len(self.buffer) < 2:
            return None
        length, start = self.buffer[1] & 0x7F, 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(self.buffer[2:start], "big")
        if len(self.buffer) < start + length:
            return None
        opcode, frame = self.buffer[0] & 0x0F, self.buffer[start:start + length]
        self.buffer = self.buffer[start + length:]
        return frame if opcode == 2 else b""


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
        shift += 7


def fields(frame):
    """Numbers of the outermost fields of a Protobuf message whose fields are varints and length-delimited."""
    found, at = set(), 0
    while at < len(frame):
        key, at = varint(frame, at)
        found.add(key >> 3)
        value, at = varint(frame, at)
        at += value if key & 7 == 2 else 0
    return found
