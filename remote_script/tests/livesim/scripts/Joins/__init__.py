"""A script whose start waits for a thread of its own, which imports: must not hang."""

import threading

RESULT = []


def create_instance(c_instance):
    def work():
        import wave
        RESULT.append(wave.__name__)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    c_instance.show_message(RESULT[0])
    return object()
