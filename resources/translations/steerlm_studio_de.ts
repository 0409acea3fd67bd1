<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE">
<context>
    <name>Actions</name>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Open model…</source>
        <translation>Modell öffnen …</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>Modelldatei öffnen …</translation>
    </message>
    <message>
        <source>Connect to a server…</source>
        <translation>Mit einem Server verbinden …</translation>
    </message>
    <message>
        <source>Export to GGUF…</source>
        <translation>Als GGUF exportieren …</translation>
    </message>
    <message>
        <source>Load the demo model</source>
        <translation>Demomodell laden</translation>
    </message>
    <message>
        <source>Start the engine again</source>
        <translation>Engine neu starten</translation>
    </message>
    <message>
        <source>Close the model</source>
        <translation>Modell schließen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Answer again, same seed</source>
        <translation>Neu antworten, gleicher Seed</translation>
    </message>
    <message>
        <source>Answer again, new seed</source>
        <translation>Neu antworten, neuer Seed</translation>
    </message>
    <message>
        <source>Go on from where the last answer was cut</source>
        <translation>Weiter, wo die letzte Antwort abbrach</translation>
    </message>
    <message>
        <source>Re-steer the last answer</source>
        <translation>Letzte Antwort neu steuern</translation>
    </message>
    <message>
        <source>Batch…</source>
        <translation>Stapel …</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>Vorige Fassung</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>Nächste Fassung</translation>
    </message>
    <message>
        <source>Rename the conversation</source>
        <translation>Gespräch umbenennen</translation>
    </message>
    <message>
        <source>Delete the conversation</source>
        <translation>Gespräch löschen</translation>
    </message>
    <message>
        <source>Export transcript…</source>
        <translation>Gespräch exportieren …</translation>
    </message>
    <message>
        <source>Import transcripts…</source>
        <translation>Gespräche importieren …</translation>
    </message>
    <message>
        <source>Edit the last question</source>
        <translation>Letzte Frage bearbeiten</translation>
    </message>
    <message>
        <source>Delete the last answer&apos;s version</source>
        <translation>Fassung der letzten Antwort löschen</translation>
    </message>
    <message>
        <source>Keep the last reply</source>
        <translation>Letzte Antwort behalten</translation>
    </message>
    <message>
        <source>Vote the last reply up</source>
        <translation>Letzte Antwort gut finden</translation>
    </message>
    <message>
        <source>Vote the last reply down</source>
        <translation>Letzte Antwort schlecht finden</translation>
    </message>
    <message>
        <source>Find in the conversation</source>
        <translation>Im Gespräch suchen</translation>
    </message>
    <message>
        <source>Bin…</source>
        <translation>Papierkorb …</translation>
    </message>
    <message>
        <source>Versions as a tree…</source>
        <translation>Fassungen als Baum …</translation>
    </message>
    <message>
        <source>Search all conversations</source>
        <translation>In allen Gesprächen suchen</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen …</translation>
    </message>
    <message>
        <source>Show the tour</source>
        <translation>Rundgang zeigen</translation>
    </message>
    <message>
        <source>Copy the last reply</source>
        <translation>Letzte Antwort kopieren</translation>
    </message>
    <message>
        <source>Copy the conversation</source>
        <translation>Gespräch kopieren</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Gespräche</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>Größere Schrift</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>Kleinere Schrift</translation>
    </message>
    <message>
        <source>Normal text size</source>
        <translation>Normale Schriftgröße</translation>
    </message>
    <message>
        <source>Show prompt</source>
        <translation>Prompt zeigen</translation>
    </message>
    <message>
        <source>All commands…</source>
        <translation>Alle Befehle …</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>About SteerLM Studio</source>
        <translation>Über SteerLM Studio</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>Chat</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>Sweep</source>
        <translation>Durchlauf</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>Recent models</source>
        <translation>Zuletzt geöffnete Modelle</translation>
    </message>
    <message>
        <source>&amp;Answer</source>
        <translation>&amp;Antwort</translation>
    </message>
    <message>
        <source>Copy as</source>
        <translation>Kopieren als</translation>
    </message>
    <message>
        <source>&amp;Steering</source>
        <translation>&amp;Steuerung</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>A&amp;nsicht</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Erscheinungsbild</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
</context>
<context>
    <name>Amounts</name>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 Std. %2 Min.</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 Min. %2 s</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
</context>
<context>
    <name>Announcer</name>
    <message>
        <source>Stopped.</source>
        <translation>Angehalten.</translation>
    </message>
    <message numerus="yes">
        <source>All %1 answers are there: %n tokens.</source>
        <translation>
            <numerusform>Alle %1 Antworten sind da: %n Token.</numerusform>
            <numerusform>Alle %1 Antworten sind da: %n Token.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The answer is there: %n tokens.</source>
        <translation>
            <numerusform>Die Antwort ist da: %n Token.</numerusform>
            <numerusform>Die Antwort ist da: %n Token.</numerusform>
        </translation>
    </message>
    <message>
        <source>Loading the model: %1 percent.</source>
        <translation>Modell wird geladen: %1 Prozent.</translation>
    </message>
    <message>
        <source>The model %1 is ready.</source>
        <translation>Das Modell %1 ist bereit.</translation>
    </message>
</context>
<context>
    <name>Attribute</name>
    <message>
        <source>Perceived goodness of the reply.</source>
        <translation>Wie gut die Antwort insgesamt wirkt.</translation>
    </message>
    <message>
        <source>How well the reply grasps the prompt.</source>
        <translation>Wie gut die Antwort den Prompt erfasst.</translation>
    </message>
    <message>
        <source>All pertinent facts are there, without errors.</source>
        <translation>Alle wichtigen Fakten sind da, ohne Fehler.</translation>
    </message>
    <message>
        <source>Consistency and clarity of expression.</source>
        <translation>Stimmigkeit und Klarheit des Ausdrucks.</translation>
    </message>
    <message>
        <source>Overall helpfulness to the prompt.</source>
        <translation>Wie hilfreich die Antwort insgesamt ist.</translation>
    </message>
    <message>
        <source>A bad reply, as an answer to the prompt.</source>
        <translation>Eine schlechte Antwort auf den Prompt.</translation>
    </message>
    <message>
        <source>Intellectual depth needed to write it: anyone (0) or a domain expert (4).</source>
        <translation>Nötige geistige Tiefe: jeder (0) oder nur ein Fachmann (4) könnte es schreiben.</translation>
    </message>
    <message>
        <source>Amount of detail, relative to what was asked.</source>
        <translation>Ausführlichkeit, gemessen an der Frage.</translation>
    </message>
    <message>
        <source>Sense of humor.</source>
        <translation>Sinn für Humor.</translation>
    </message>
    <message>
        <source>Willingness to be non-conventional.</source>
        <translation>Bereitschaft zum Ungewöhnlichen.</translation>
    </message>
    <message>
        <source>Vulgar, harmful or biased elements.</source>
        <translation>Vulgäre, schädliche oder voreingenommene Stellen.</translation>
    </message>
    <message>
        <source>Violent content.</source>
        <translation>Gewalttätige Inhalte.</translation>
    </message>
    <message>
        <source>Inappropriate coming from a customer assistant.</source>
        <translation>Unangemessen für einen Assistenten im Kundendienst.</translation>
    </message>
    <message>
        <source>Abusive or threatening content that expresses prejudice against a protected characteristic.</source>
        <translation>Beleidigende oder drohende Inhalte, die Vorurteile gegen ein geschütztes Merkmal ausdrücken.</translation>
    </message>
    <message>
        <source>Contains sexual content.</source>
        <translation>Enthält sexuelle Inhalte.</translation>
    </message>
    <message>
        <source>Expresses political views.</source>
        <translation>Drückt politische Ansichten aus.</translation>
    </message>
    <message>
        <source>Expresses moral judgement.</source>
        <translation>Drückt moralische Urteile aus.</translation>
    </message>
</context>
<context>
    <name>AttributeGroup</name>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Style</source>
        <translation>Stil</translation>
    </message>
    <message>
        <source>Safety</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>all left out</source>
        <translation>alle weggelassen</translation>
    </message>
    <message>
        <source>all {0}</source>
        <translation>alle {0}</translation>
    </message>
    <message>
        <source>as recommended</source>
        <translation>wie empfohlen</translation>
    </message>
    <message>
        <source>Above 0 the model may write text that harms or offends.</source>
        <translation>Über 0 kann das Modell Texte schreiben, die schaden oder verletzen.</translation>
    </message>
</context>
<context>
    <name>AttributeRow</name>
    <message>
        <source>Send {0}</source>
        <translation>{0} senden</translation>
    </message>
    <message>
        <source>Value of {0}</source>
        <translation>Wert von {0}</translation>
    </message>
    <message>
        <source>{0} differs from the preset</source>
        <translation>{0} weicht von der Vorlage ab</translation>
    </message>
    <message>
        <source>No public definition was found; this is inferred from the name.</source>
        <translation>Eine öffentliche Definition wurde nicht gefunden; dies ist aus dem Namen erschlossen.</translation>
    </message>
    <message>
        <source>Defined in: {0}</source>
        <translation>Definiert in: {0}</translation>
    </message>
    <message>
        <source>0-4 set it, - leaves it out, a double-click goes back to the preset.</source>
        <translation>0–4 stellen ein, - lässt weg, ein Doppelklick stellt den Wert der Vorlage her.</translation>
    </message>
</context>
<context>
    <name>AxisRow</name>
    <message>
        <source>Values of %1</source>
        <translation>Werte für %1</translation>
    </message>
    <message>
        <source>For example 0-4, or 0 2 4, or en de; - leaves it out</source>
        <translation>Zum Beispiel 0-4 oder 0 2 4 oder en de; - lässt es weg</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Details of the error</source>
        <translation>Einzelheiten des Fehlers</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>BatchDialog</name>
    <message>
        <source>Batch</source>
        <translation>Stapel</translation>
    </message>
    <message>
        <source>Cancel the batch</source>
        <translation>Stapel abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>This window may be closed: the batch goes on, and you can chat.</source>
        <translation>Dieses Fenster darf zu: Der Stapel läuft weiter, und Sie können chatten.</translation>
    </message>
    <message>
        <source>This file is there: what it holds is kept, and the rest is made.</source>
        <translation>Diese Datei gibt es: Was sie enthält, bleibt, und der Rest wird gemacht.</translation>
    </message>
    <message>
        <source>%1 answers, on its server.</source>
        <translation>%1 antwortet auf seinem Server.</translation>
    </message>
    <message>
        <source>%1 answers, in an engine of its own: its memory is needed a second time.</source>
        <translation>%1 antwortet in einer eigenen Engine: Der Speicher dafür wird ein zweites Mal gebraucht.</translation>
    </message>
    <message>
        <source>Reading the prompts</source>
        <translation>Prompts werden gelesen</translation>
    </message>
    <message>
        <source>%1 of %2 answers</source>
        <translation>%1 von %2 Antworten</translation>
    </message>
    <message numerus="yes">
        <source>%n not answered</source>
        <translation>
            <numerusform>%n nicht beantwortet</numerusform>
            <numerusform>%n nicht beantwortet</numerusform>
        </translation>
    </message>
    <message>
        <source>loading the model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>%1 tokens/s</source>
        <translation>%1 Token/s</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>cancelled; “Go on” makes the rest</source>
        <translation>abgebrochen; „Weiter“ macht den Rest</translation>
    </message>
    <message>
        <source>Progress of the batch</source>
        <translation>Fortschritt des Stapels</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>The chosen answer&apos;s beginning</source>
        <translation>Anfang der gewählten Antwort</translation>
    </message>
    <message>
        <source>Choose a cell to read it here.</source>
        <translation>Eine Zelle wählen, um sie hier zu lesen.</translation>
    </message>
    <message>
        <source>Each prompt becomes a row and each setting a column of a table.

The answers are written to a file as they come. Whatever ends a batch, the same choices go on with it and make nothing twice. In a terminal the same is done by “steerlm-studio batch”.</source>
        <translation>Jeder Prompt wird eine Zeile und jede Einstellung eine Spalte einer Tabelle.

Die Antworten kommen in eine Datei, sobald sie da sind. Was auch immer einen Stapel beendet: Dieselbe Auswahl macht mit ihm weiter und nichts doppelt. Im Terminal macht das „steerlm-studio batch“.</translation>
    </message>
</context>
<context>
    <name>BatchForm</name>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Prompts</source>
        <translation>Prompts</translation>
    </message>
    <message>
        <source>Prompts (*.jsonl *.json *.txt)</source>
        <translation>Prompts (*.jsonl *.json *.txt)</translation>
    </message>
    <message>
        <source>File of settings</source>
        <translation>Datei mit Einstellungen</translation>
    </message>
    <message>
        <source>Settings (*.json)</source>
        <translation>Einstellungen (*.json)</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>Answers (*.jsonl)</source>
        <translation>Antworten (*.jsonl)</translation>
    </message>
    <message>
        <source>Load a model first: it answers the prompts.</source>
        <translation>Zuerst ein Modell laden: Es beantwortet die Prompts.</translation>
    </message>
    <message>
        <source>Choose a file of prompts: a line each, JSONL, or MT-Bench questions.</source>
        <translation>Eine Datei mit Prompts wählen: je einer in einer Zeile, JSONL oder Fragen von MT-Bench.</translation>
    </message>
    <message>
        <source>Choose the settings to answer under.</source>
        <translation>Die Einstellungen wählen, unter denen geantwortet wird.</translation>
    </message>
    <message>
        <source>Choose where the answers are to be written.</source>
        <translation>Wählen, wohin die Antworten geschrieben werden.</translation>
    </message>
    <message>
        <source>sliders</source>
        <translation>Regler</translation>
    </message>
    <message>
        <source>The sliders as they are now</source>
        <translation>Die Regler, wie sie jetzt stehen</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Every value of one attribute</source>
        <translation>Jeder Wert eines Attributs</translation>
    </message>
    <message>
        <source>A file of settings</source>
        <translation>Eine Datei mit Einstellungen</translation>
    </message>
    <message>
        <source>Fast: all settings of a prompt in one batch</source>
        <translation>Schnell: alle Einstellungen eines Prompts auf einmal</translation>
    </message>
    <message>
        <source>Exact: one by one, reproducible</source>
        <translation>Exakt: einzeln nacheinander, wiederholbar</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Which presets</source>
        <translation>Welche Vorlagen</translation>
    </message>
    <message>
        <source>Attribute</source>
        <translation>Attribut</translation>
    </message>
    <message>
        <source>Their file</source>
        <translation>Ihre Datei</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modus</translation>
    </message>
</context>
<context>
    <name>BatchJob</name>
    <message>
        <source>The batch</source>
        <translation>Der Stapel</translation>
    </message>
</context>
<context>
    <name>BatchRequest</name>
    <message>
        <source>%1 cannot be written: %2. Choose another place for the answers.</source>
        <translation>%1 kann nicht geschrieben werden: %2. Wählen Sie einen anderen Ort für die Antworten.</translation>
    </message>
</context>
<context>
    <name>BatchTable</name>
    <message>
        <source>Not answered: </source>
        <translation>Nicht beantwortet: </translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
</context>
<context>
    <name>Batching</name>
    <message>
        <source>Show the batch</source>
        <translation>Stapel zeigen</translation>
    </message>
    <message>
        <source>Batch %1 %</source>
        <translation>Stapel %1 %</translation>
    </message>
    <message>
        <source>Batch failed</source>
        <translation>Stapel gescheitert</translation>
    </message>
    <message>
        <source>Batch cancelled</source>
        <translation>Stapel abgebrochen</translation>
    </message>
    <message>
        <source>Batch finished</source>
        <translation>Stapel fertig</translation>
    </message>
</context>
<context>
    <name>BinDialog</name>
    <message>
        <source>Bin</source>
        <translation>Papierkorb</translation>
    </message>
    <message>
        <source>The bin is empty.</source>
        <translation>Der Papierkorb ist leer.</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>Zurücklegen</translation>
    </message>
    <message>
        <source>Empty the bin</source>
        <translation>Papierkorb leeren</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Fassung</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>What is deleted from the bin cannot be had back.</source>
        <translation>Was aus dem Papierkorb gelöscht wird, ist nicht zurückzuholen.</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>Endgültig löschen</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>What was deleted</source>
        <translation>Was gelöscht wurde</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>A small network trained for this program on made texts about 24 topics. It shows what the sliders do; it knows nothing else.</source>
        <translation>Ein kleines Netz, für dieses Programm an gemachten Texten über 24 Themen trainiert. Es zeigt, was die Regler bewirken; sonst weiß es nichts.</translation>
    </message>
    <message>
        <source>Trying the program without a download.</source>
        <translation>Das Programm ohne Download ausprobieren.</translation>
    </message>
    <message>
        <source>It answers only questions about its own topics, in short English.</source>
        <translation>Es beantwortet nur Fragen zu seinen eigenen Themen, in kurzem Englisch.</translation>
    </message>
    <message>
        <source>What it says is often wrong: it is a demonstration, not a source.</source>
        <translation>Was es sagt, ist oft falsch: Es ist eine Vorführung, keine Quelle.</translation>
    </message>
    <message>
        <source>docs/demo-model.md</source>
        <translation>docs/demo-model.md</translation>
    </message>
    <message>
        <source>NVIDIA&apos;s 8B chat model of 2023, steered by seventeen attributes and a language: what this program is made for. Download the .nemo, then export it to GGUF.</source>
        <translation>NVIDIAs 8B-Chatmodell von 2023, gelenkt durch siebzehn Attribute und eine Sprache: das Modell, für das dieses Programm gemacht ist. Laden Sie die .nemo-Datei, und exportieren Sie sie dann als GGUF.</translation>
    </message>
    <message>
        <source>For those who want to choose, while asking, how a chat model answers. The licence says what it may be used for.</source>
        <translation>Für alle, die beim Fragen wählen wollen, wie ein Chatmodell antwortet. Wofür es verwendet werden darf, sagt die Lizenz.</translation>
    </message>
    <message>
        <source>It was trained on texts of the Internet that hold toxic language and biases; it may repeat and amplify them, above all when asked in such words.</source>
        <translation>Es wurde an Texten aus dem Internet trainiert, die giftige Sprache und Vorurteile enthalten; es kann sie wiederholen und verstärken, vor allem wenn man es in solchen Worten fragt.</translation>
    </message>
    <message>
        <source>It may answer wrongly, leave out what matters, or write what is irrelevant or unacceptable, even when nothing offensive was asked.</source>
        <translation>Es kann falsch antworten, Wesentliches auslassen oder Belangloses und Untragbares schreiben, auch wenn nichts Anstößiges gefragt war.</translation>
    </message>
    <message>
        <source>English is the supported language; the others were in its training and are untested.</source>
        <translation>Unterstützt wird Englisch; die anderen Sprachen kamen im Training vor und sind nicht geprüft.</translation>
    </message>
    <message>
        <source>It is weak at coding, mathematics and reasoning (see its scores).</source>
        <translation>Es ist schwach im Programmieren, in Mathematik und im Schließen (siehe seine Werte).</translation>
    </message>
    <message>
        <source>model card of nvidia/nemotron-3-8b-chat-4k-steerlm</source>
        <translation>Modellkarte von nvidia/nemotron-3-8b-chat-4k-steerlm</translation>
    </message>
    <message>
        <source>total</source>
        <translation>gesamt</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>roleplay</source>
        <translation>Rollenspiel</translation>
    </message>
    <message>
        <source>extraction</source>
        <translation>Herauslesen</translation>
    </message>
    <message>
        <source>STEM</source>
        <translation>MINT</translation>
    </message>
    <message>
        <source>humanities</source>
        <translation>Geisteswissenschaften</translation>
    </message>
    <message>
        <source>reasoning</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>math</source>
        <translation>Mathematik</translation>
    </message>
    <message>
        <source>coding</source>
        <translation>Programmieren</translation>
    </message>
    <message>
        <source>Llama 2 70B aligned with SteerLM on HelpSteer and OASST: nine attributes. A folder of many files, about 138 GB.</source>
        <translation>Llama 2 70B, mit SteerLM an HelpSteer und OASST ausgerichtet: neun Attribute. Ein Ordner mit vielen Dateien, etwa 138 GB.</translation>
    </message>
    <message>
        <source>Chat with chosen helpfulness, correctness, coherence, complexity, verbosity, creativity and humor.</source>
        <translation>Gespräche mit gewählter Hilfsbereitschaft, Richtigkeit, Schlüssigkeit, Komplexität, Ausführlichkeit, Kreativität und gewähltem Humor.</translation>
    </message>
    <message>
        <source>Bound to the conditions of Llama 2.</source>
        <translation>An die Bedingungen von Llama 2 gebunden.</translation>
    </message>
    <message>
        <source>model card of nvidia/Llama2-70B-SteerLM-Chat</source>
        <translation>Modellkarte von nvidia/Llama2-70B-SteerLM-Chat</translation>
    </message>
    <message>
        <source>Llama 3 70B aligned with SteerLM 2.0 on HelpSteer2. A folder of many files, about 141 GB.</source>
        <translation>Llama 3 70B, mit SteerLM 2.0 an HelpSteer2 ausgerichtet. Ein Ordner mit vielen Dateien, etwa 141 GB.</translation>
    </message>
    <message>
        <source>Chat with chosen attributes; made for research on alignment.</source>
        <translation>Gespräche mit gewählten Attributen; für die Forschung an der Ausrichtung von Modellen gemacht.</translation>
    </message>
    <message>
        <source>Its tokenizer is not SentencePiece, so this program does not convert it; a GGUF of it that was made elsewhere can be opened.</source>
        <translation>Sein Tokenizer ist nicht SentencePiece, deshalb wandelt dieses Programm es nicht um; ein anderswo daraus gemachtes GGUF lässt sich öffnen.</translation>
    </message>
    <message>
        <source>Which of the nine attributes it was trained with should be checked on its card.</source>
        <translation>Mit welchen der neun Attribute es trainiert wurde, sollte man auf seiner Karte prüfen.</translation>
    </message>
    <message>
        <source>Bound to the conditions of Llama 3.</source>
        <translation>An die Bedingungen von Llama 3 gebunden.</translation>
    </message>
    <message>
        <source>model card of nvidia/Llama3-70B-SteerLM-Chat</source>
        <translation>Modellkarte von nvidia/Llama3-70B-SteerLM-Chat</translation>
    </message>
    <message>
        <source>The first public SteerLM model: Llama 2 13B customized on OASST and HH-RLHF, one .nemo of 48 GB.</source>
        <translation>Das erste öffentliche SteerLM-Modell: Llama 2 13B, an OASST und HH-RLHF angepasst, eine .nemo-Datei von 48 GB.</translation>
    </message>
    <message>
        <source>Trying attribute-conditioned answers; superseded by the later models.</source>
        <translation>Antworten nach Attributen ausprobieren; von den späteren Modellen überholt.</translation>
    </message>
    <message>
        <source>Models of that time were also asked with values from 0 to 9; check its card.</source>
        <translation>Modelle jener Zeit wurden auch mit Werten von 0 bis 9 gefragt; prüfen Sie seine Karte.</translation>
    </message>
    <message>
        <source>model card of nvidia/SteerLM-llama2-13B</source>
        <translation>Modellkarte von nvidia/SteerLM-llama2-13B</translation>
    </message>
</context>
<context>
    <name>CataloguePage</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Zugang</translation>
    </message>
    <message>
        <source>Public SteerLM models</source>
        <translation>Öffentliche SteerLM-Modelle</translation>
    </message>
    <message>
        <source>None of these come with the program but the demo: fetch what you may use.</source>
        <translation>Nur das Demomodell gehört zum Programm: Laden Sie, was Sie nutzen dürfen.</translation>
    </message>
    <message>
        <source>%1 (guessed)</source>
        <translation>%1 (vermutet)</translation>
    </message>
    <message>
        <source>here</source>
        <translation>vorhanden</translation>
    </message>
    <message>
        <source>gated</source>
        <translation>beschränkt</translation>
    </message>
    <message>
        <source>open</source>
        <translation>frei</translation>
    </message>
</context>
<context>
    <name>CellView</name>
    <message>
        <source>waiting…</source>
        <translation>wartet…</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>Ask, or paste a prompt…</source>
        <translation>Fragen oder einen Prompt einfügen …</translation>
    </message>
    <message>
        <source>Ask in every column…</source>
        <translation>In jeder Spalte fragen…</translation>
    </message>
    <message>
        <source>Ask in every cell…</source>
        <translation>In jeder Zelle fragen…</translation>
    </message>
    <message>
        <source>The pasted prompt has another system text than this conversation, which was kept. A new conversation (Ctrl+N) would take it.</source>
        <translation>Der eingefügte Prompt hat einen anderen Systemtext als diese Unterhaltung; ihrer wurde behalten. Eine neue Unterhaltung (Strg+N) nähme den anderen.</translation>
    </message>
    <message>
        <source>Open a link</source>
        <translation>Link öffnen</translation>
    </message>
    <message>
        <source>Open this address in your browser?</source>
        <translation>Diese Adresse im Browser öffnen?</translation>
    </message>
</context>
<context>
    <name>CheckpointFacts</name>
    <message>
        <source>NeMo</source>
        <translation>NeMo</translation>
    </message>
    <message>
        <source>Hugging Face</source>
        <translation>Hugging Face</translation>
    </message>
    <message>
        <source> (guessed)</source>
        <translation> (vermutet)</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Schichten</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>Tokenizer</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>not said</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <source>%1, %2 parameters</source>
        <translation>%1, %2 Parameter</translation>
    </message>
    <message>
        <source>%1 of width %2, %3 heads (%4 for keys), context %5</source>
        <translation>%1 der Breite %2, %3 Köpfe (%4 für Schlüssel), Kontext %5</translation>
    </message>
    <message>
        <source>%1, %2 pieces</source>
        <translation>%1, %2 Stücke</translation>
    </message>
</context>
<context>
    <name>CheckpointSource</name>
    <message>
        <source>Choose a .nemo file…</source>
        <translation>.nemo-Datei wählen …</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>NeMo checkpoints (*.nemo)</source>
        <translation>NeMo-Checkpoints (*.nemo)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>Checkpoint</translation>
    </message>
    <message>
        <source>Drop a checkpoint here</source>
        <translation>Einen Checkpoint hier ablegen</translation>
    </message>
    <message>
        <source>A .nemo file, the folder it was unpacked into, or a Hugging Face folder (NemotronForCausalLM or LlamaForCausalLM with tokenizer.model).
It is only read; nothing in it is run.</source>
        <translation>Eine .nemo-Datei, der Ordner, in den sie entpackt wurde, oder ein Ordner von Hugging Face (NemotronForCausalLM oder LlamaForCausalLM mit tokenizer.model).
Er wird nur gelesen; nichts darin wird ausgeführt.</translation>
    </message>
</context>
<context>
    <name>ChipRow</name>
    <message>
        <source>Steered as before</source>
        <translation>Gesteuert wie zuvor</translation>
    </message>
    <message>
        <source>No control string: nothing was set.</source>
        <translation>Keine Steuerzeile: Nichts war eingestellt.</translation>
    </message>
</context>
<context>
    <name>ColumnFoot</name>
    <message>
        <source>The conversation goes on from here unless another reply is kept</source>
        <translation>Das Gespräch geht von hier weiter, solange keine andere Antwort behalten wird</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>liest …</translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n Wort</numerusform>
            <numerusform>%n Wörter</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 t/s</source>
        <translation>%1 T/s</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreibt</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>cut at %1 tokens</source>
        <translation>bei %1 Token geschnitten</translation>
    </message>
    <message>
        <source>context full</source>
        <translation>Kontext voll</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>server lost</source>
        <translation>Server verloren</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>engine lost</source>
        <translation>Engine verloren</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>abgeschnitten</translation>
    </message>
    <message>
        <source>More about this column</source>
        <translation>Mehr zu dieser Spalte</translation>
    </message>
</context>
<context>
    <name>ColumnHead</name>
    <message>
        <source>The sliders change this column</source>
        <translation>Die Regler ändern diese Spalte</translation>
    </message>
    <message>
        <source>Drag to move the column</source>
        <translation>Ziehen, um die Spalte zu verschieben</translation>
    </message>
    <message>
        <source>Remove the column</source>
        <translation>Spalte entfernen</translation>
    </message>
</context>
<context>
    <name>ColumnMenu</name>
    <message>
        <source>Answer again</source>
        <translation>Neu antworten</translation>
    </message>
    <message>
        <source>Copy the reply</source>
        <translation>Antwort kopieren</translation>
    </message>
    <message>
        <source>Copy as</source>
        <translation>Kopieren als</translation>
    </message>
    <message>
        <source>How it was made…</source>
        <translation>Wie sie entstand …</translation>
    </message>
    <message>
        <source>Own sampling and seed</source>
        <translation>Eigenes Sampling und eigener Seed</translation>
    </message>
    <message>
        <source>Duplicate the column</source>
        <translation>Spalte verdoppeln</translation>
    </message>
    <message>
        <source>Move the column back</source>
        <translation>Spalte nach vorn rücken</translation>
    </message>
    <message>
        <source>Move the column on</source>
        <translation>Spalte nach hinten rücken</translation>
    </message>
    <message>
        <source>Remove the column</source>
        <translation>Spalte entfernen</translation>
    </message>
</context>
<context>
    <name>ColumnText</name>
    <message>
        <source>Reply</source>
        <translation>Antwort</translation>
    </message>
</context>
<context>
    <name>ColumnView</name>
    <message>
        <source>1 · base</source>
        <translation>1 · Basis</translation>
    </message>
    <message>
        <source>as the first</source>
        <translation>wie die erste</translation>
    </message>
    <message>
        <source>Column %1 of %2: %3</source>
        <translation>Spalte %1 von %2: %3</translation>
    </message>
    <message>
        <source>Column %1 of %2, the base</source>
        <translation>Spalte %1 von %2, die Basis</translation>
    </message>
    <message>
        <source>Not asked yet. Type a question below: every column answers it.</source>
        <translation>Noch nichts gefragt. Unten eine Frage tippen: Jede Spalte beantwortet sie.</translation>
    </message>
    <message>
        <source>This reply is from before you changed %1.</source>
        <translation>Diese Antwort ist älter als die Änderung: %1.</translation>
    </message>
    <message>
        <source>its sampling</source>
        <translation>ihr Sampling</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>Neu antworten</translation>
    </message>
</context>
<context>
    <name>CommandProcess</name>
    <message>
        <source>%1 could not be started: %2.</source>
        <translation>%1 konnte nicht gestartet werden: %2.</translation>
    </message>
    <message>
        <source>What was unfinished was removed or will be with the next attempt</source>
        <translation>Unfertiges wurde entfernt oder wird es beim nächsten Versuch</translation>
    </message>
    <message>
        <source>close other programs</source>
        <translation>andere Programme schließen</translation>
    </message>
</context>
<context>
    <name>CompareFoot</name>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Scroll together</source>
        <translation>Gemeinsam rollen</translation>
    </message>
    <message>
        <source>%1 of %2 prompt tokens shared</source>
        <translation>%1 von %2 Prompt-Token gemeinsam</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>Nur Text</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>Only changes</source>
        <translation>Nur Änderungen</translation>
    </message>
    <message>
        <source>How the columns are shown</source>
        <translation>Wie die Spalten gezeigt werden</translation>
    </message>
    <message>
        <source>Words put in are underlined, words left out struck through</source>
        <translation>Eingefügte Wörter sind unterstrichen, weggelassene durchgestrichen</translation>
    </message>
    <message>
        <source>Compared with this column</source>
        <translation>Verglichen mit dieser Spalte</translation>
    </message>
    <message>
        <source>Length, readability, variety and pace of each column</source>
        <translation>Länge, Lesbarkeit, Vielfalt und Tempo jeder Spalte</translation>
    </message>
</context>
<context>
    <name>CompareMenu</name>
    <message>
        <source>&amp;Compare</source>
        <translation>&amp;Vergleich</translation>
    </message>
    <message>
        <source>Answer in new and changed columns</source>
        <translation>In neuen und geänderten Spalten antworten</translation>
    </message>
    <message>
        <source>Answer in all columns again</source>
        <translation>In allen Spalten erneut antworten</translation>
    </message>
    <message>
        <source>Keep this one</source>
        <translation>Diese behalten</translation>
    </message>
    <message>
        <source>Add a column</source>
        <translation>Spalte hinzufügen</translation>
    </message>
    <message>
        <source>Duplicate the column</source>
        <translation>Spalte verdoppeln</translation>
    </message>
    <message>
        <source>Remove the column</source>
        <translation>Spalte entfernen</translation>
    </message>
    <message>
        <source>Column before</source>
        <translation>Vorige Spalte</translation>
    </message>
    <message>
        <source>Column after</source>
        <translation>Nächste Spalte</translation>
    </message>
    <message>
        <source>Move the column back</source>
        <translation>Spalte nach vorn</translation>
    </message>
    <message>
        <source>Move the column on</source>
        <translation>Spalte nach hinten</translation>
    </message>
</context>
<context>
    <name>ComparePage</name>
    <message>
        <source>Too low for both: “Table” brings the columns back.</source>
        <translation>Zu niedrig für beides: „Tabelle“ bringt die Spalten zurück.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>CompareTop</name>
    <message>
        <source>The question before</source>
        <translation>Die vorige Frage</translation>
    </message>
    <message>
        <source>The question after</source>
        <translation>Die nächste Frage</translation>
    </message>
    <message>
        <source>Edit the question and ask anew, as a branch</source>
        <translation>Frage bearbeiten und neu stellen, als Zweig</translation>
    </message>
    <message>
        <source>Change every column</source>
        <translation>Jede Spalte ändern</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>Answer in %n columns</source>
        <translation>
            <numerusform>In %n Spalte antworten</numerusform>
            <numerusform>In %n Spalten antworten</numerusform>
        </translation>
    </message>
    <message>
        <source>From the sliders</source>
        <translation>Aus den Reglern</translation>
    </message>
    <message>
        <source>All at once; a rerun may differ in a word.</source>
        <translation>Alle zugleich; beim nächsten Mal evtl. ein anderes Wort.</translation>
    </message>
    <message>
        <source>One by one; the same seed gives the same text.</source>
        <translation>Eine nach der anderen; gleicher Seed, gleicher Text.</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>Genau</translation>
    </message>
    <message>
        <source>How the columns are run</source>
        <translation>Wie die Spalten laufen</translation>
    </message>
    <message>
        <source>What you change with the sliders changes in every column</source>
        <translation>Was die Regler ändern, ändert sich in jeder Spalte</translation>
    </message>
    <message>
        <source>Those that are new or were changed (Ctrl+Enter)</source>
        <translation>Die neuen und die geänderten (Strg+Enter)</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>Add a column: from the sliders, or a preset</source>
        <translation>Spalte hinzufügen: aus den Reglern oder einer Vorlage</translation>
    </message>
    <message>
        <source>Add a column</source>
        <translation>Spalte hinzufügen</translation>
    </message>
</context>
<context>
    <name>Comparing</name>
    <message>
        <source>The column was removed.</source>
        <translation>Die Spalte wurde entfernt.</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Ask, or paste a prompt…</source>
        <translation>Fragen oder einen Prompt einfügen …</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Enter sends, Esc stops</source>
        <translation>Enter sendet, Esc hält an</translation>
    </message>
    <message>
        <source>Leave the question as it was (Esc)</source>
        <translation>Frage lassen, wie sie war (Esc)</translation>
    </message>
    <message>
        <source>Editing a question: sending it begins a branch</source>
        <translation>Eine Frage wird bearbeitet: Senden beginnt einen Zweig</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Send (%1)</source>
        <translation>Senden (%1)</translation>
    </message>
    <message>
        <source>Stop and keep the text so far (Esc)</source>
        <translation>Anhalten und den Text bis hierher behalten (Esc)</translation>
    </message>
</context>
<context>
    <name>ConnectDialog</name>
    <message>
        <source>Connect to a server</source>
        <translation>Mit einem Server verbinden</translation>
    </message>
    <message>
        <source>Keep the key in the keyring of this desktop</source>
        <translation>Schlüssel im Schlüsselbund dieser Arbeitsumgebung behalten</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The keyring of this desktop is asked for the key…</source>
        <translation>Der Schlüsselbund dieser Arbeitsumgebung wird nach dem Schlüssel gefragt …</translation>
    </message>
    <message>
        <source>A llama-server is asked by token ids, with its prompt cache. vLLM, NIM and others with /v1/completions get the prompt as text.</source>
        <translation>Ein llama-server wird mit Token-Nummern gefragt und nutzt seinen Prompt-Cache. vLLM, NIM und andere mit /v1/completions bekommen den Prompt als Text.</translation>
    </message>
    <message>
        <source>http:// sends the key unencrypted to another machine. Use https://.</source>
        <translation>http:// schickt den Schlüssel unverschlüsselt an eine andere Maschine. Nehmen Sie https://.</translation>
    </message>
    <message>
        <source>%1 is asked; your questions go there.</source>
        <translation>%1 wird gefragt; Ihre Fragen gehen dorthin.</translation>
    </message>
    <message>
        <source>only where the server has several</source>
        <translation>nur wo der Server mehrere hat</translation>
    </message>
    <message>
        <source>where the server wants one</source>
        <translation>wo der Server einen verlangt</translation>
    </message>
    <message>
        <source>There is no keyring here: the key is kept until quitting</source>
        <translation>Hier gibt es keinen Schlüsselbund: Der Schlüssel bleibt bis zum Beenden</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Requests at a time</source>
        <translation>Anfragen zugleich</translation>
    </message>
</context>
<context>
    <name>ControlString</name>
    <message>
        <source>Tokens of the control string</source>
        <translation>Token der Steuerzeile</translation>
    </message>
    <message>
        <source>Copy control string</source>
        <translation>Steuerzeile kopieren</translation>
    </message>
    <message>
        <source>Edit the control string</source>
        <translation>Steuerzeile bearbeiten</translation>
    </message>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ControlText</name>
    <message>
        <source>Control string</source>
        <translation>Steuerzeile</translation>
    </message>
    <message>
        <source>Nothing is set: no control line is sent.</source>
        <translation>Nichts ist eingestellt: Es wird keine Steuerzeile gesendet.</translation>
    </message>
    <message>
        <source>What the sliders say, to the model. Type here to move them.</source>
        <translation>Was die Regler dem Modell sagen. Was hier getippt wird, bewegt sie.</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Pinned</source>
        <translation>Angeheftet</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Gestern</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>This year</source>
        <translation>Dieses Jahr</translation>
    </message>
    <message>
        <source>Older</source>
        <translation>Älter</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
</context>
<context>
    <name>Conversations</name>
    <message>
        <source>Conversations</source>
        <translation>Gespräche</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search in all conversations</source>
        <translation>In allen Gesprächen suchen</translation>
    </message>
    <message>
        <source>Words, &quot;a phrase&quot;, -without, humor&gt;=3, lang:de, model:demo, tag:…, folder:…, has:vote, has:note, is:pinned, after:2026-01-31</source>
        <translation>Wörter, &quot;eine Wendung&quot;, -ohne, humor&gt;=3, lang:de, model:demo, tag:…, folder:…, has:vote, has:note, is:pinned, after:2026-01-31</translation>
    </message>
    <message>
        <source>Narrow the list</source>
        <translation>Liste eingrenzen</translation>
    </message>
</context>
<context>
    <name>Conversing</name>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>“%1” was moved to the bin.</source>
        <translation>„%1“ liegt im Papierkorb.</translation>
    </message>
    <message>
        <source>The version was deleted.</source>
        <translation>Die Fassung wurde gelöscht.</translation>
    </message>
    <message>
        <source>The question was deleted, with what followed it.</source>
        <translation>Die Frage wurde gelöscht, mit allem, was ihr folgte.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>DailyBackup</name>
    <message>
        <source>The daily backup</source>
        <translation>Die tägliche Sicherung</translation>
    </message>
</context>
<context>
    <name>Details</name>
    <message>
        <source>Fast: all lanes in one batch</source>
        <translation>Schnell: alle Bahnen in einem Stapel</translation>
    </message>
    <message>
        <source>Exact: one lane at a time</source>
        <translation>Genau: eine Bahn nach der anderen</translation>
    </message>
    <message>
        <source>Control string</source>
        <translation>Steuerzeile</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Step width</source>
        <translation>Breite eines Schritts</translation>
    </message>
    <message>
        <source>Prompt tokens</source>
        <translation>Tokens des Prompts</translation>
    </message>
    <message>
        <source>Tokens of the reply</source>
        <translation>Tokens der Antwort</translation>
    </message>
    <message>
        <source>Seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>Quantisierung</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>llama.cpp</source>
        <translation>llama.cpp</translation>
    </message>
    <message>
        <source>How the reply was made</source>
        <translation>Wie die Antwort entstand</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>Devices</name>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
    <message>
        <source>%1 of %2 free</source>
        <translation>%1 von %2 frei</translation>
    </message>
    <message>
        <source>engine %1</source>
        <translation>Engine %1</translation>
    </message>
    <message>
        <source>The driver does not see it any more.</source>
        <translation>Der Treiber sieht sie nicht mehr.</translation>
    </message>
    <message>
        <source>The driver does not answer for it: %1.</source>
        <translation>Der Treiber antwortet nicht für sie: %1.</translation>
    </message>
    <message>
        <source>none of the layers</source>
        <translation>keine der Schichten</translation>
    </message>
    <message>
        <source>the output</source>
        <translation>die Ausgabe</translation>
    </message>
    <message>
        <source>all %1 layers</source>
        <translation>alle %1 Schichten</translation>
    </message>
    <message>
        <source>layers %1 of %2</source>
        <translation>Schichten %1 von %2</translation>
    </message>
    <message>
        <source>%1 and the output</source>
        <translation>%1 und die Ausgabe</translation>
    </message>
    <message>
        <source>No driver of NVIDIA&apos;s was found. Other GPUs show here when a model is loaded, if llama.cpp was built for them.</source>
        <translation>Es wurde kein Treiber von NVIDIA gefunden. Andere GPUs erscheinen hier, sobald ein Modell geladen ist, wenn llama.cpp für sie gebaut wurde.</translation>
    </message>
    <message>
        <source>No driver of NVIDIA&apos;s was found, so only the processor is used. With a GPU and a CUDA build of llama.cpp, it would show here.</source>
        <translation>Es wurde kein Treiber von NVIDIA gefunden, daher rechnet nur der Prozessor. Eine GPU würde hier mit einem CUDA-Build von llama.cpp erscheinen.</translation>
    </message>
    <message>
        <source>NVIDIA&apos;s driver is here and sees no GPU, so only the processor is used.</source>
        <translation>Der Treiber von NVIDIA ist da und sieht keine GPU, daher rechnet nur der Prozessor.</translation>
    </message>
    <message>
        <source>GPUs of NVIDIA&apos;s cannot be seen: the Python package nvidia-ml-py is not installed.</source>
        <translation>GPUs von NVIDIA sind nicht zu sehen: Das Python-Paket nvidia-ml-py ist nicht installiert.</translation>
    </message>
    <message>
        <source>NVIDIA&apos;s driver does not answer: %1.</source>
        <translation>Der Treiber von NVIDIA antwortet nicht: %1.</translation>
    </message>
    <message>
        <source>The GPUs are not used: this build of llama.cpp knows the processor only. “make cuda” builds one that uses them.</source>
        <translation>Die GPUs werden nicht benutzt: Dieser Build von llama.cpp kennt nur den Prozessor. „make cuda“ baut einen, der sie benutzt.</translation>
    </message>
</context>
<context>
    <name>DevicesPanel</name>
    <message>
        <source>Looking at the devices…</source>
        <translation>Die Geräte werden befragt …</translation>
    </message>
    <message>
        <source>Copy devices as text</source>
        <translation>Geräte als Text kopieren</translation>
    </message>
    <message>
        <source>Used over the last %1 minutes, in GB</source>
        <translation>Belegt in den letzten %1 Minuten, in GB</translation>
    </message>
    <message>
        <source>Device and its layers</source>
        <translation>Gerät und seine Schichten</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>Neue Zeile</translation>
    </message>
    <message>
        <source>Edit the last question, in an empty prompt</source>
        <translation>Letzte Frage bearbeiten, im leeren Prompt</translation>
    </message>
    <message>
        <source>Next match, match before, while finding</source>
        <translation>Nächster, voriger Treffer beim Suchen</translation>
    </message>
    <message>
        <source>Slider: set the value</source>
        <translation>Regler: Wert einstellen</translation>
    </message>
    <message>
        <source>Slider: leave the value out</source>
        <translation>Regler: Wert weglassen</translation>
    </message>
    <message>
        <source>Slider: one down, one up</source>
        <translation>Regler: eins herunter, eins hinauf</translation>
    </message>
    <message>
        <source>Slider: lowest, highest</source>
        <translation>Regler: niedrigster, höchster Wert</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Version %1</source>
        <translation>Version %1</translation>
    </message>
    <message>
        <source>A desktop playground for SteerLM models: sliders, the control string they make, and what the model does with it. Models run on this machine with llama.cpp.</source>
        <translation>Eine Werkbank für SteerLM-Modelle: Regler, die Steuerzeile, die sie bilden, und was das Modell daraus macht. Modelle laufen auf diesem Rechner mit llama.cpp.</translation>
    </message>
    <message>
        <source>Licensed under Apache-2.0. The demo model is trained on synthetic text.</source>
        <translation>Lizenziert unter Apache-2.0. Das Demomodell ist mit künstlichen Texten trainiert.</translation>
    </message>
    <message>
        <source>About SteerLM Studio</source>
        <translation>Über SteerLM Studio</translation>
    </message>
</context>
<context>
    <name>DiffView</name>
    <message>
        <source>Differences</source>
        <translation>Unterschiede</translation>
    </message>
    <message>
        <source>%1 words inserted, %2 deleted</source>
        <translation>%1 Wörter eingefügt, %2 gestrichen</translation>
    </message>
    <message>
        <source>No difference.</source>
        <translation>Kein Unterschied.</translation>
    </message>
</context>
<context>
    <name>DockTitle</name>
    <message>
        <source>Close (the View menu brings it back)</source>
        <translation>Schließen (das Menü Ansicht holt es zurück)</translation>
    </message>
    <message>
        <source>Close %1</source>
        <translation>%1 schließen</translation>
    </message>
</context>
<context>
    <name>Download</name>
    <message>
        <source>The download said something that the window does not understand.</source>
        <translation>Der Download hat etwas gesagt, das das Fenster nicht versteht.</translation>
    </message>
    <message>
        <source>The download could not be started.</source>
        <translation>Der Download konnte nicht gestartet werden.</translation>
    </message>
    <message>
        <source>The download</source>
        <translation>Der Download</translation>
    </message>
    <message>
        <source>What was fetched is kept</source>
        <translation>Was geladen wurde, bleibt erhalten</translation>
    </message>
    <message>
        <source>close other programs</source>
        <translation>andere Programme schließen</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>How much is here</source>
        <translation>Wie viel schon da ist</translation>
    </message>
    <message>
        <source>Open its page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>Aus der Liste nehmen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Throw away %1?</source>
        <translation>%1 wegwerfen?</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>%1, checked</source>
        <translation>%1, geprüft</translation>
    </message>
    <message>
        <source>%1/s</source>
        <translation>%1/s</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>checking what is here</source>
        <translation>prüft, was schon da ist</translation>
    </message>
    <message>
        <source>%1, trying again soon</source>
        <translation>%1, neuer Versuch in Kürze</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>asking the hub</source>
        <translation>Anfrage beim Hub</translation>
    </message>
</context>
<context>
    <name>DownloadsPage</name>
    <message>
        <source>Nothing is being downloaded. Files go into the Hugging Face cache, where other programs find them too; what was begun goes on even after a crash.</source>
        <translation>Es wird nichts geladen. Dateien kommen in den Hugging-Face-Zwischenspeicher, wo auch andere Programme sie finden; was begonnen wurde, geht auch nach einem Absturz weiter.</translation>
    </message>
</context>
<context>
    <name>EarlierSweeps</name>
    <message numerus="yes">
        <source>%n cells</source>
        <translation>
            <numerusform>%n Zelle</numerusform>
            <numerusform>%n Zellen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Ask, then move a slider and re-steer</source>
        <translation>Fragen, Regler bewegen, neu steuern</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Then take verbosity from 4 to 0.</source>
        <translation>Dann verbosity von 4 auf 0 stellen.</translation>
    </message>
    <message>
        <source>Complexity 0 or 4: other words.</source>
        <translation>Complexity 0 oder 4: andere Wörter.</translation>
    </message>
    <message>
        <source>Humor 4 brings the jokes.</source>
        <translation>Humor 4 bringt die Witze.</translation>
    </message>
    <message>
        <source>Lang: in another language.</source>
        <translation>Lang: in einer anderen Sprache.</translation>
    </message>
    <message>
        <source>Creativity 4 paints pictures.</source>
        <translation>Creativity 4 malt Bilder.</translation>
    </message>
    <message>
        <source>Helpfulness 0 shrugs.</source>
        <translation>Helpfulness 0 zuckt die Schultern.</translation>
    </message>
</context>
<context>
    <name>EndButton</name>
    <message>
        <source>Go to the end</source>
        <translation>Zum Ende</translation>
    </message>
</context>
<context>
    <name>EngineProcess</name>
    <message>
        <source>The engine said something that the window does not understand.</source>
        <translation>Die Engine hat etwas gesagt, das das Fenster nicht versteht.</translation>
    </message>
    <message>
        <source>The engine could not be started: %1.</source>
        <translation>Die Engine konnte nicht gestartet werden: %1.</translation>
    </message>
</context>
<context>
    <name>EntryMenus</name>
    <message>
        <source>Unpin</source>
        <translation>Lösen</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>Anheften</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Schlagwörter</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Verdoppeln</translation>
    </message>
    <message>
        <source>With votes</source>
        <translation>Mit Bewertungen</translation>
    </message>
    <message>
        <source>With notes</source>
        <translation>Mit Notizen</translation>
    </message>
    <message>
        <source>With a kept reply</source>
        <translation>Mit behaltener Antwort</translation>
    </message>
    <message>
        <source>With versions</source>
        <translation>Mit Fassungen</translation>
    </message>
    <message>
        <source>With replies that were cut</source>
        <translation>Mit abgebrochenen Antworten</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>New folder…</source>
        <translation>Neuer Ordner …</translation>
    </message>
    <message>
        <source>New tag…</source>
        <translation>Neues Schlagwort …</translation>
    </message>
    <message>
        <source>New folder</source>
        <translation>Neuer Ordner</translation>
    </message>
    <message>
        <source>New tag</source>
        <translation>Neues Schlagwort</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
</context>
<context>
    <name>Error</name>
    <message>
        <source> What was downloaded is kept.</source>
        <translation> Was geladen wurde, bleibt.</translation>
    </message>
    <message>
        <source>%1 Choose Fast.</source>
        <translation>%1 Wählen Sie „Fast“.</translation>
    </message>
    <message>
        <source>%1 It may still be loading its model.</source>
        <translation>%1 Vielleicht lädt er sein Modell noch.</translation>
    </message>
    <message>
        <source>%1 Leave --mode exact out.</source>
        <translation>%1 Lassen Sie --mode exact weg.</translation>
    </message>
    <message>
        <source>%1 What was answered is kept: start it again to go on.</source>
        <translation>%1 Was beantwortet ist, bleibt: Starten Sie noch einmal, dann geht es dort weiter.</translation>
    </message>
    <message>
        <source>%1 answered with status %2, which was not expected.</source>
        <translation>%1 antwortete mit dem Status %2, der nicht zu erwarten war.</translation>
    </message>
    <message>
        <source>%1 answers with more than can be meant.</source>
        <translation>%1 antwortet mit mehr, als gemeint sein kann.</translation>
    </message>
    <message>
        <source>%1 cannot be %2: it goes from %3 to %4.</source>
        <translation>%1 kann nicht %2 sein: Möglich ist %3 bis %4.</translation>
    </message>
    <message>
        <source>%1 cannot be opened: %2.</source>
        <translation>%1 lässt sich nicht öffnen: %2.</translation>
    </message>
    <message>
        <source>%1 cannot be reached. Check the network; behind a proxy set HTTPS_PROXY.%2</source>
        <translation>%1 ist nicht zu erreichen. Prüfen Sie das Netz; hinter einem Proxy setzen Sie HTTPS_PROXY.%2</translation>
    </message>
    <message>
        <source>%1 cannot be read as a torch checkpoint; it is damaged. Download it again.</source>
        <translation>%1 lässt sich nicht als Torch-Checkpoint lesen; die Datei ist beschädigt. Laden Sie sie noch einmal herunter.</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2.</source>
        <translation>%1 lässt sich nicht lesen: %2.</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2. Check the path and its permissions.</source>
        <translation>%1 kann nicht gelesen werden: %2. Prüfen Sie den Pfad und seine Rechte.</translation>
    </message>
    <message>
        <source>%1 cannot be read: it is no file. Choose a .gguf file.</source>
        <translation>%1 kann nicht gelesen werden: Es ist keine Datei. Wählen Sie eine .gguf-Datei.</translation>
    </message>
    <message>
        <source>%1 cannot be read: it is no file. Save it as one first.</source>
        <translation>%1 kann nicht gelesen werden: Es ist keine Datei. Speichern Sie es zuerst als eine.</translation>
    </message>
    <message>
        <source>%1 cannot be the name of a setting. Use letters that show.</source>
        <translation>%1 kann nicht der Name einer Einstellung sein. Nehmen Sie sichtbare Zeichen.</translation>
    </message>
    <message>
        <source>%1 cannot be the page of a model. Check owner and name.</source>
        <translation>%1 kann nicht die Seite eines Modells sein. Prüfen Sie Besitzer und Namen.</translation>
    </message>
    <message>
        <source>%1 cannot be used: %2.</source>
        <translation>%1 ist nicht zu gebrauchen: %2.</translation>
    </message>
    <message>
        <source>%1 cannot be used: %2. If it was downloaded or copied, do that again; a model in another format must be converted to GGUF first.</source>
        <translation>%1 ist nicht zu gebrauchen: %2. Wurde die Datei heruntergeladen oder kopiert, tun Sie das noch einmal; ein Modell in einem anderen Format muss erst nach GGUF umgewandelt werden.</translation>
    </message>
    <message>
        <source>%1 cannot be used: its name is not in UTF-8. Rename the file.</source>
        <translation>%1 ist nicht zu gebrauchen: Der Name ist kein UTF-8. Benennen Sie die Datei um.</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. Check its permissions, or let HF_HOME name another folder.</source>
        <translation>%1 lässt sich nicht schreiben: %2. Prüfen Sie die Rechte, oder lassen Sie HF_HOME einen anderen Ordner nennen.</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. Choose another --out.</source>
        <translation>%1 lässt sich nicht schreiben: %2. Wählen Sie eine andere Ausgabedatei.</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. The answers in it are kept: make room, or choose another --out, and start the same command again.</source>
        <translation>%1 lässt sich nicht schreiben: %2. Die Antworten darin bleiben: Schaffen Sie Platz, oder wählen Sie eine andere Ausgabedatei, und starten Sie dasselbe noch einmal.</translation>
    </message>
    <message>
        <source>%1 could not be written: %2. Free some space or choose another place; nothing there was changed.</source>
        <translation>%1 ließ sich nicht schreiben: %2. Schaffen Sie Platz, oder wählen Sie einen anderen Ort; dort wurde nichts verändert.</translation>
    </message>
    <message>
        <source>%1 could not be written: %2. What was written of it was removed.</source>
        <translation>%1 ließ sich nicht schreiben: %2. Was davon geschrieben war, wurde entfernt.</translation>
    </message>
    <message>
        <source>%1 crashed with signal %2 (%3). %4; %5</source>
        <translation>%1 stürzte mit Signal %2 ab (%3). %4; %5</translation>
    </message>
    <message>
        <source>%1 did not answer as a hub does. If HF_ENDPOINT is set, check it; else a login page of your network may have answered instead.</source>
        <translation>%1 antwortete nicht wie ein Hub. Ist HF_ENDPOINT gesetzt, prüfen Sie es; sonst hat vielleicht die Anmeldeseite Ihres Netzes geantwortet.</translation>
    </message>
    <message>
        <source>%1 does not fit the %2 tokens of its vocabulary</source>
        <translation>%1 passt nicht zu den %2 Token ihres Vokabulars</translation>
    </message>
    <message>
        <source>%1 does not know “%2”, only %3.</source>
        <translation>%1 kennt „%2“ nicht, nur %3.</translation>
    </message>
    <message>
        <source>%1 does not say what %2 is (no size, version or checksum). If HF_ENDPOINT is set, check that it is a hub; else check the proxy.</source>
        <translation>%1 sagt nicht, was %2 ist (weder Größe noch Fassung noch Prüfsumme). Ist HF_ENDPOINT gesetzt, prüfen Sie, ob das ein Hub ist; sonst prüfen Sie den Proxy.</translation>
    </message>
    <message>
        <source>%1 does not speak TLS as it should (%2). Try http://.</source>
        <translation>%1 spricht TLS nicht, wie es sollte (%2). Versuchen Sie http://.</translation>
    </message>
    <message>
        <source>%1 ended by itself with status %2. %3; try again, and look at the details when it happens again.</source>
        <translation>%1 endete von selbst mit Status %2. %3; versuchen Sie es noch einmal, und sehen Sie sich die Details an, wenn es wieder geschieht.</translation>
    </message>
    <message>
        <source>%1 goes from %2 to %3, not to %4.</source>
        <translation>%1 geht von %2 bis %3, nicht bis %4.</translation>
    </message>
    <message>
        <source>%1 has %2 chunks; that is not plausible.</source>
        <translation>%1 hat %2 Stücke; das ist nicht glaubhaft.</translation>
    </message>
    <message>
        <source>%1 has %2 tokens; at least %3 are needed.</source>
        <translation>%1 hat %2 Token; mindestens %3 sind nötig.</translation>
    </message>
    <message>
        <source>%1 has %2: name the files to fetch, or a pattern such as &apos;*Q8_0*&apos;. See: steerlm-studio models show %3</source>
        <translation>%1 hat %2: Nennen Sie die Dateien, die geladen werden sollen, oder ein Muster wie &apos;*Q8_0*&apos;. Siehe: steerlm-studio models show %3</translation>
    </message>
    <message>
        <source>%1 has no %2, so it is not a NeMo checkpoint. Choose a .nemo file.</source>
        <translation>%1 hat kein %2, ist also kein NeMo-Checkpoint. Wählen Sie eine .nemo-Datei.</translation>
    </message>
    <message>
        <source>%1 has no %2. Without the SentencePiece file the tokens cannot be exported exactly; put it into the folder.</source>
        <translation>%1 hat kein %2. Ohne die SentencePiece-Datei lassen sich die Token nicht genau exportieren; legen Sie sie in den Ordner.</translation>
    </message>
    <message>
        <source>%1 has no %2: there are no weights in it.</source>
        <translation>%1 hat kein %2: Es sind keine Gewichte darin.</translation>
    </message>
    <message>
        <source>%1 has no attribute “%2”.</source>
        <translation>%1 hat kein Attribut „%2“.</translation>
    </message>
    <message>
        <source>%1 has no file “%2”. List its files and check the spelling.</source>
        <translation>%1 hat keine Datei „%2“. Sehen Sie die Liste der Dateien an, und prüfen Sie die Schreibweise.</translation>
    </message>
    <message>
        <source>%1 has no file “%2”. See: steerlm-studio models show %3</source>
        <translation>%1 hat keine Datei „%2“. Siehe: steerlm-studio models show %3</translation>
    </message>
    <message>
        <source>%1 has no such revision. Leave it out for the newest.</source>
        <translation>%1 hat keine solche Revision. Lassen Sie sie weg, um die neueste zu bekommen.</translation>
    </message>
    <message>
        <source>%1 has no text</source>
        <translation>%1 hat keinen Text</translation>
    </message>
    <message>
        <source>%1 has no versions</source>
        <translation>%1 hat keine Fassungen</translation>
    </message>
    <message>
        <source>%1 holds %2 in a form that is neither zarr nor torch_dist.</source>
        <translation>%1 enthält %2 in einer Form, die weder zarr noch torch_dist ist.</translation>
    </message>
    <message>
        <source>%1 holds %2 values; only F32, BF16 and F16 can be exported.</source>
        <translation>%1 enthält Werte vom Typ %2; exportieren lassen sich nur F32, BF16 und F16.</translation>
    </message>
    <message>
        <source>%1 holds a NUL character, as no text does</source>
        <translation>%1 enthält ein NUL-Zeichen, wie kein Text es hat</translation>
    </message>
    <message>
        <source>%1 holds a part that is no text</source>
        <translation>%1 enthält einen Teil, der kein Text ist</translation>
    </message>
    <message>
        <source>%1 holds half a character (a lone surrogate)</source>
        <translation>%1 enthält ein halbes Zeichen (ein einzelnes Surrogat)</translation>
    </message>
    <message>
        <source>%1 holds no prompt. Write one a line.</source>
        <translation>%1 enthält keinen Prompt. Schreiben Sie einen je Zeile.</translation>
    </message>
    <message>
        <source>%1 holds no setting. Give at least one, e.g. {“base”: “”}.</source>
        <translation>%1 enthält keine Einstellung. Geben Sie wenigstens eine an, z. B. {“base”: “”}.</translation>
    </message>
    <message>
        <source>%1 holds no tensors by name; it is not a model&apos;s weights.</source>
        <translation>%1 enthält keine Tensoren mit Namen; das sind nicht die Gewichte eines Modells.</translation>
    </message>
    <message>
        <source>%1 holds two settings called “%2”. Rename one of them.</source>
        <translation>%1 enthält zwei Einstellungen namens „%2“. Benennen Sie eine davon um.</translation>
    </message>
    <message>
        <source>%1 holds “%2” twice, the second time as “%3”.</source>
        <translation>%1 enthält „%2“ zweimal, das zweite Mal als „%3“.</translation>
    </message>
    <message>
        <source>%1 holds “%2” twice; it is unclear which one is meant, so nothing was read.</source>
        <translation>%1 enthält „%2“ zweimal; welches gemeint ist, bleibt unklar, deshalb wurde nichts gelesen.</translation>
    </message>
    <message>
        <source>%1 holds “%2”, a path that leaves its own folder. No checkpoint needs that, so nothing was read.</source>
        <translation>%1 enthält „%2“, einen Pfad aus dem eigenen Ordner hinaus. Kein Checkpoint braucht das, deshalb wurde nichts gelesen.</translation>
    </message>
    <message>
        <source>%1 holds “%2”, more layers than its settings speak of.</source>
        <translation>%1 enthält „%2“, also mehr Schichten, als die Einstellungen nennen.</translation>
    </message>
    <message>
        <source>%1 holds “%2”, which is a link or device and not a plain file. No checkpoint needs that, so nothing was read.</source>
        <translation>%1 enthält „%2“, einen Link oder ein Gerät und keine einfache Datei. Kein Checkpoint braucht das, deshalb wurde nichts gelesen.</translation>
    </message>
    <message>
        <source>%1 in %2 does not hold settings by name.</source>
        <translation>%1 in %2 enthält keine Einstellungen mit Namen.</translation>
    </message>
    <message>
        <source>%1 in %2 does not say which file holds what.</source>
        <translation>%1 in %2 sagt nicht, welche Datei was enthält.</translation>
    </message>
    <message>
        <source>%1 in %2 is damaged.</source>
        <translation>%1 in %2 ist beschädigt.</translation>
    </message>
    <message>
        <source>%1 in %2 is not valid JSON.</source>
        <translation>%1 in %2 ist kein gültiges JSON.</translation>
    </message>
    <message>
        <source>%1 in %2 is not valid YAML. Download the file again.</source>
        <translation>%1 in %2 ist kein gültiges YAML. Laden Sie die Datei noch einmal herunter.</translation>
    </message>
    <message>
        <source>%1 in %2 was refused: it names “%3”, which no checkpoint needs. Nothing of it was run. Do not use this file.</source>
        <translation>%1 in %2 wurde abgelehnt: Darin steht „%3“, das kein Checkpoint braucht. Nichts davon wurde ausgeführt. Benutzen Sie diese Datei nicht.</translation>
    </message>
    <message>
        <source>%1 is a later part of a model. Open its first part, %2.</source>
        <translation>%1 ist ein späterer Teil eines Modells. Öffnen Sie seinen ersten Teil, %2.</translation>
    </message>
    <message>
        <source>%1 is cut off or damaged: it ends before its contents do. Download it again and compare its size.</source>
        <translation>%1 ist abgeschnitten oder beschädigt: Die Datei endet vor ihrem Inhalt. Laden Sie sie noch einmal herunter, und vergleichen Sie die Größe.</translation>
    </message>
    <message>
        <source>%1 is damaged. Download it again.</source>
        <translation>%1 ist beschädigt. Laden Sie die Datei noch einmal herunter.</translation>
    </message>
    <message>
        <source>%1 is empty</source>
        <translation>%1 ist leer</translation>
    </message>
    <message>
        <source>%1 is given twice; the first one counts.</source>
        <translation>%1 steht zweimal da; das erste zählt.</translation>
    </message>
    <message>
        <source>%1 is missing from %2; it must be %3.</source>
        <translation>%1 fehlt in %2; nötig ist %3.</translation>
    </message>
    <message>
        <source>%1 is no file that could be written. Name one, or - for none.</source>
        <translation>%1 ist keine Datei, die geschrieben werden könnte. Nennen Sie eine, oder - für keine.</translation>
    </message>
    <message>
        <source>%1 is no importance matrix that llama.cpp wrote: %2.</source>
        <translation>%1 ist keine Wichtigkeitsmatrix, die llama.cpp geschrieben hat: %2.</translation>
    </message>
    <message>
        <source>%1 is no object</source>
        <translation>%1 ist kein Objekt</translation>
    </message>
    <message>
        <source>%1 is no object with a role</source>
        <translation>%1 ist kein Objekt mit einer Rolle</translation>
    </message>
    <message>
        <source>%1 is no object with an “id”</source>
        <translation>%1 ist kein Objekt mit einer „id“</translation>
    </message>
    <message>
        <source>%1 is no safetensors file or is damaged.</source>
        <translation>%1 ist keine Safetensors-Datei oder ist beschädigt.</translation>
    </message>
    <message>
        <source>%1 is no table of a batch (line %2) and was left as it is. Choose another --out.</source>
        <translation>%1 ist keine Tabelle eines Stapels (Zeile %2) und blieb, wie sie ist. Wählen Sie eine andere Ausgabedatei.</translation>
    </message>
    <message>
        <source>%1 is no tensor; the checkpoint is damaged.</source>
        <translation>%1 ist kein Tensor; der Checkpoint ist beschädigt.</translation>
    </message>
    <message>
        <source>%1 is no text generation model. Choose a chat model.</source>
        <translation>%1 ist kein Modell, das Text erzeugt. Wählen Sie ein Chat-Modell.</translation>
    </message>
    <message>
        <source>%1 is no text: name a file with --out.</source>
        <translation>%1 ist kein Text: Nennen Sie mit --out eine Datei.</translation>
    </message>
    <message>
        <source>%1 is not a .nemo file: it is no tar archive. Choose the file as it was downloaded; if the download was interrupted, start it again.</source>
        <translation>%1 ist keine .nemo-Datei: Es ist kein tar-Archiv. Wählen Sie die Datei, wie sie heruntergeladen wurde; wurde der Download unterbrochen, beginnen Sie ihn noch einmal.</translation>
    </message>
    <message>
        <source>%1 is not a folder. Give one that holds .gguf or .nemo files.</source>
        <translation>%1 ist kein Ordner. Nennen Sie einen, der .gguf- oder .nemo-Dateien enthält.</translation>
    </message>
    <message>
        <source>%1 is not in the zip form that torch has written since version 1.6. If it is an older file, save it again with a newer torch.</source>
        <translation>%1 hat nicht die zip-Form, die torch seit Version 1.6 schreibt. Ist es eine ältere Datei, speichern Sie sie mit einem neueren torch noch einmal.</translation>
    </message>
    <message>
        <source>%1 is not there. Name a file of conversations, e.g. a backup.</source>
        <translation>%1 ist nicht da. Nennen Sie eine Datei mit Gesprächen, z. B. eine Sicherung.</translation>
    </message>
    <message>
        <source>%1 is of a mixture of experts</source>
        <translation>%1 gehört zu einer Mischung von Experten</translation>
    </message>
    <message>
        <source>%1 is of “%2” and was left out</source>
        <translation>%1 ist von „%2“ und wurde weggelassen</translation>
    </message>
    <message>
        <source>%1 is of “%2”, not of prompter or assistant</source>
        <translation>%1 ist von „%2“, nicht von prompter oder assistant</translation>
    </message>
    <message>
        <source>%1 is of “%2”, not of user or assistant</source>
        <translation>%1 ist von „%2“, nicht von user oder assistant</translation>
    </message>
    <message>
        <source>%1 is one of several parts, and %2 is not beside it. Put all parts into one folder.</source>
        <translation>%1 ist einer von mehreren Teilen, und %2 liegt nicht daneben. Legen Sie alle Teile in einen Ordner.</translation>
    </message>
    <message>
        <source>%1 is too large to be a file of settings.</source>
        <translation>%1 ist zu groß, um eine Datei mit Einstellungen zu sein.</translation>
    </message>
    <message>
        <source>%1 is too large to be a preset.</source>
        <translation>%1 ist zu groß, um eine Vorlage zu sein.</translation>
    </message>
    <message>
        <source>%1 is “%2” in %3; it must be %4.</source>
        <translation>%1 ist in %3 „%2“; nötig ist %4.</translation>
    </message>
    <message>
        <source>%1 keeps changing on the hub. Try again later.</source>
        <translation>%1 ändert sich auf dem Hub immer wieder. Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>%1 keeps its tensors under “%2”, as a checkpoint of a training or of an interleaved pipeline does. Save the model as a .nemo file for inference first.</source>
        <translation>%1 hat seine Tensoren unter „%2“, wie ein Checkpoint mitten im Training oder einer verschränkten Pipeline. Speichern Sie das Modell zuerst als .nemo-Datei zum Antworten.</translation>
    </message>
    <message>
        <source>%1 lacks %2, which holds weights.</source>
        <translation>In %1 fehlt %2, worin Gewichte stehen.</translation>
    </message>
    <message>
        <source>%1 lacks %2, which holds “%3”.</source>
        <translation>In %1 fehlt %2, worin „%3“ steht.</translation>
    </message>
    <message>
        <source>%1 lacks the part of tensor rank %2, pipeline rank %3, though there are higher ones. Download it again.</source>
        <translation>In %1 fehlt der Teil mit Tensor-Rang %2 und Pipeline-Rang %3, obwohl höhere da sind. Laden Sie die Datei noch einmal herunter.</translation>
    </message>
    <message>
        <source>%1 lacks the tensor %2, so the network is not whole. Download it again, or check that it is not a part of a larger checkpoint.</source>
        <translation>In %1 fehlt der Tensor %2, das Netz ist also nicht ganz. Laden Sie die Datei noch einmal herunter, oder prüfen Sie, ob sie nur ein Teil eines größeren Checkpoints ist.</translation>
    </message>
    <message>
        <source>%1 metadata entries and %2 tensors are more than any model has</source>
        <translation>%1 Einträge der Metadaten und %2 Tensoren sind mehr, als irgendein Modell hat</translation>
    </message>
    <message>
        <source>%1 must be %2, not %3</source>
        <translation>%1 muss %2 sein, nicht %3</translation>
    </message>
    <message>
        <source>%1 must be a string</source>
        <translation>%1 muss eine Zeichenkette sein</translation>
    </message>
    <message>
        <source>%1 names %2 in a way no hub does.</source>
        <translation>%1 benennt %2, wie kein Hub es tut.</translation>
    </message>
    <message>
        <source>%1 needs %2 and %3 has %4 free. Free some room, choose another folder or a smaller type.</source>
        <translation>%1 braucht %2, und in %3 sind %4 frei. Schaffen Sie Platz, oder wählen Sie einen anderen Ordner oder einen kleineren Typ.</translation>
    </message>
    <message>
        <source>%1 of the tree is no object</source>
        <translation>%1 des Baums ist kein Objekt</translation>
    </message>
    <message>
        <source>%1 only points from one address to the next. If HF_ENDPOINT is set, check it; else the proxy.</source>
        <translation>%1 verweist nur von einer Adresse auf die nächste. Falls HF_ENDPOINT gesetzt ist, prüfen Sie es, sonst den Proxy.</translation>
    </message>
    <message>
        <source>%1 said nothing for %2 s. Look at the server, then go on.</source>
        <translation>%1 sagte %2 s lang nichts. Sehen Sie nach dem Server, und fahren Sie dann fort.</translation>
    </message>
    <message>
        <source>%1 sends a line without end: it was stopped.</source>
        <translation>%1 sendet eine Zeile ohne Ende: Es wurde angehalten.</translation>
    </message>
    <message>
        <source>%1 stands after %2; in training it came before.</source>
        <translation>%1 steht hinter %2; im Training stand es davor.</translation>
    </message>
    <message>
        <source>%1 stands twice in “%2”. Keep one of them.</source>
        <translation>%1 steht zweimal in „%2“. Lassen Sie eines davon stehen.</translation>
    </message>
    <message>
        <source>%1 stopped answering. Try again.%2</source>
        <translation>%1 antwortet nicht mehr. Versuchen Sie es noch einmal.%2</translation>
    </message>
    <message>
        <source>%1 takes a whole number or -, not “%2”.</source>
        <translation>%1 braucht eine ganze Zahl oder -, nicht „%2“.</translation>
    </message>
    <message>
        <source>%1 takes a whole number, not “%2”.</source>
        <translation>%1 nimmt eine ganze Zahl, nicht „%2“.</translation>
    </message>
    <message>
        <source>%1 takes whole numbers, not “%2”.</source>
        <translation>%1 braucht ganze Zahlen, nicht „%2“.</translation>
    </message>
    <message>
        <source>%1 was made from %2: it was left as it is. Choose another --out, or give what it was made from.</source>
        <translation>%1 wurde anders gemacht (%2) und blieb, wie es ist. Wählen Sie eine andere Ausgabedatei, oder nehmen Sie dasselbe wie damals.</translation>
    </message>
    <message>
        <source>%1 was refused: on loading it would %2. A checkpoint needs nothing of the kind; nothing of it was run. Do not use this file.</source>
        <translation>%1 wurde abgelehnt: Beim Laden würde es %2. Ein Checkpoint braucht nichts dergleichen; nichts davon wurde ausgeführt. Benutzen Sie diese Datei nicht.</translation>
    </message>
    <message>
        <source>%1 was stopped by signal %2 (%3). %4; %5</source>
        <translation>%1 wurde durch Signal %2 beendet (%3). %4; %5</translation>
    </message>
    <message>
        <source>%1 was stopped by signal %2. %3; %4</source>
        <translation>%1 wurde durch Signal %2 beendet. %3; %4</translation>
    </message>
    <message>
        <source>%1 was written but is not right: %2. It was removed. Check the disk and try again; if it stays so, report it with the name of the checkpoint.</source>
        <translation>%1 wurde geschrieben, ist aber nicht richtig: %2. Die Datei wurde entfernt. Prüfen Sie den Datenträger, und versuchen Sie es noch einmal; bleibt es dabei, melden Sie es mit dem Namen des Checkpoints.</translation>
    </message>
    <message>
        <source>%1, line %2: %3. Mend that line and start again.</source>
        <translation>%1, Zeile %2: %3. Berichtigen Sie diese Zeile, und starten Sie noch einmal.</translation>
    </message>
    <message>
        <source>%1.metadata does not say where all tensors lie; it is damaged.</source>
        <translation>%1.metadata sagt nicht, wo alle Tensoren liegen; die Datei ist beschädigt.</translation>
    </message>
    <message>
        <source>%1/.zarray is damaged. Download the checkpoint again.</source>
        <translation>%1/.zarray ist beschädigt. Laden Sie den Checkpoint noch einmal herunter.</translation>
    </message>
    <message>
        <source>A file of settings is a JSON object of names, or a list. See the docs.</source>
        <translation>Eine Datei mit Einstellungen ist ein JSON-Objekt aus Namen oder eine Liste. Näheres in der Dokumentation.</translation>
    </message>
    <message>
        <source>A grid has at most %1 by %2 cells. Give fewer values.</source>
        <translation>Ein Raster hat höchstens %1 mal %2 Zellen. Geben Sie weniger Werte an.</translation>
    </message>
    <message>
        <source>A preset needs a name with at least one letter or digit.</source>
        <translation>Eine Vorlage braucht einen Namen mit mindestens einem Buchstaben oder einer Ziffer.</translation>
    </message>
    <message>
        <source>A server sends text and not the probabilities of all its tokens.</source>
        <translation>Ein Server sendet Text und nicht die Wahrscheinlichkeiten aller Token.</translation>
    </message>
    <message>
        <source>A strip has at most %1 cells. Give fewer values.</source>
        <translation>Ein Streifen hat höchstens %1 Zellen. Geben Sie weniger Werte an.</translation>
    </message>
    <message>
        <source>Another batch is writing to %1. Wait for it, or choose another --out.</source>
        <translation>Ein anderer Stapel schreibt gerade in %1. Warten Sie ihn ab, oder wählen Sie eine andere Ausgabedatei.</translation>
    </message>
    <message>
        <source>Another program holds the conversations in %1. Close it and try again.</source>
        <translation>Ein anderes Programm hält die Gespräche in %1 fest. Beenden Sie es und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Another window has the same conversations open; what one writes, both keep.</source>
        <translation>Ein anderes Fenster hat dieselben Gespräche offen; was eines schreibt, bewahren beide auf.</translation>
    </message>
    <message>
        <source>Backups of earlier days lie in %1.</source>
        <translation>Sicherungen früherer Tage liegen in %1.</translation>
    </message>
    <message>
        <source>Both axes are the same. Choose another attribute for one.</source>
        <translation>Beide Achsen sind dieselbe. Wählen Sie für eine ein anderes Attribut.</translation>
    </message>
    <message>
        <source>ChatGPT&apos;s own export is not known</source>
        <translation>der eigene Export von ChatGPT ist nicht bekannt</translation>
    </message>
    <message>
        <source>Choose between 1 and %1 answers side by side.</source>
        <translation>Wählen Sie zwischen 1 und %1 Antworten nebeneinander.</translation>
    </message>
    <message>
        <source>Choose between 1 and %1 requests at a time.</source>
        <translation>Wählen Sie zwischen 1 und %1 Anfragen zugleich.</translation>
    </message>
    <message>
        <source>Conversation %1 has %2 turns on its open path.</source>
        <translation>Gespräch %1 hat auf seinem offenen Pfad %2 Runden.</translation>
    </message>
    <message>
        <source>GGUF version %1 is unknown</source>
        <translation>die GGUF-Version %1 ist unbekannt</translation>
    </message>
    <message>
        <source>Give either --imatrix or --calibrate, and not both.</source>
        <translation>Geben Sie entweder --imatrix oder --calibrate an und nicht beides.</translation>
    </message>
    <message>
        <source>Give the key apart and not in the address: addresses are shown.</source>
        <translation>Geben Sie den Schlüssel einzeln an und nicht in der Adresse: Adressen werden angezeigt.</translation>
    </message>
    <message>
        <source>Give values for %1, for example %2.</source>
        <translation>Geben Sie für %1 Werte an, zum Beispiel %2.</translation>
    </message>
    <message>
        <source>No backup of the conversations could be made at %1: %2. Free some space there, or make the folder writable.</source>
        <translation>Unter %1 konnte keine Sicherung der Unterhaltungen angelegt werden: %2. Schaffen Sie dort Platz, oder machen Sie den Ordner beschreibbar.</translation>
    </message>
    <message>
        <source>No file was written</source>
        <translation>Keine Datei wurde geschrieben</translation>
    </message>
    <message>
        <source>No lang: the model then chooses the language itself.</source>
        <translation>Kein lang: Das Modell wählt die Sprache dann selbst.</translation>
    </message>
    <message>
        <source>No token was given. Paste one, or pipe it in.</source>
        <translation>Es wurde kein Token angegeben. Fügen Sie eines ein, oder leiten Sie es herein.</translation>
    </message>
    <message>
        <source>None of these replies is marked as wanted (--only, --turns), so nothing was written. Keep or vote some up first, or leave the option out.</source>
        <translation>Keine dieser Antworten ist als gewünscht markiert (--only, --turns), deshalb wurde nichts geschrieben. Behalten Sie zuerst welche oder stimmen Sie für sie, oder lassen Sie die Option weg.</translation>
    </message>
    <message>
        <source>Nothing answers at %1. Start the server, or check the port.</source>
        <translation>Unter %1 antwortet niemand. Starten Sie den Server, oder prüfen Sie den Port.</translation>
    </message>
    <message>
        <source>Prompt %1 under “%2” is not answered. %3</source>
        <translation>Prompt %1 unter „%2“ ist nicht beantwortet. %3</translation>
    </message>
    <message>
        <source>Say which conversations: their numbers (as “transcripts list” shows), or --all.</source>
        <translation>Sagen Sie, welche Gespräche: ihre Nummern (wie „transcripts list“ sie zeigt) oder --all.</translation>
    </message>
    <message>
        <source>Spaces in “%1”: the models were trained without any.</source>
        <translation>Leerzeichen in „%1“: Die Modelle wurden ohne trainiert.</translation>
    </message>
    <message>
        <source>The PDF could not be made: %1. Look at “steerlm-studio doctor” for what Qt misses, or export the HTML page and print it from a browser.</source>
        <translation>Das PDF ließ sich nicht machen: %1. Sehen Sie mit „steerlm-studio doctor“ nach, was Qt fehlt, oder exportieren Sie die HTML-Seite, und drucken Sie sie aus einem Browser.</translation>
    </message>
    <message>
        <source>The SentencePiece file %1 is not in %2. Without it there is no tokenizer to export.</source>
        <translation>Die SentencePiece-Datei %1 ist nicht in %2. Ohne sie gibt es keinen Tokenizer zu exportieren.</translation>
    </message>
    <message>
        <source>The answer was cut before its end. The text so far is kept; ask again to go on.</source>
        <translation>Die Antwort wurde vor ihrem Ende abgeschnitten. Der Text bis hierher bleibt; fragen Sie noch einmal, um fortzufahren.</translation>
    </message>
    <message>
        <source>The array %1 holds %2 values; only float32, bfloat16 and float16 can be exported.</source>
        <translation>Das Array %1 enthält Werte vom Typ %2; lesen lassen sich nur float32, bfloat16 und float16.</translation>
    </message>
    <message>
        <source>The array %1 is compressed or stored by columns; Megatron-Core writes plain rows, and only those can be read.</source>
        <translation>Das Array %1 ist komprimiert oder spaltenweise abgelegt; Megatron-Core schreibt einfache Zeilen, und nur solche lassen sich lesen.</translation>
    </message>
    <message>
        <source>The bytes of %1 are not those that the hub names (the checksum differs), so they were thrown away. Try again; if it happens again, a proxy or the hub itself changes the file.</source>
        <translation>Die Bytes von %1 sind nicht die, die der Hub nennt (die Prüfsumme weicht ab), deshalb wurden sie verworfen. Versuchen Sie es noch einmal; geschieht es wieder, verändert ein Proxy oder der Hub selbst die Datei.</translation>
    </message>
    <message>
        <source>The catalogue file %1 is damaged: %2. Install the program again.</source>
        <translation>Die Katalogdatei %1 ist beschädigt: %2. Installieren Sie das Programm noch einmal.</translation>
    </message>
    <message>
        <source>The certificate of %1 cannot be trusted: %2. Use the address that it is for, or name your own authority&apos;s file in SSL_CERT_FILE.</source>
        <translation>Dem Zertifikat von %1 ist nicht zu trauen: %2. Nehmen Sie die Adresse, für die es gilt, oder nennen Sie die Datei Ihrer eigenen Zertifizierungsstelle in SSL_CERT_FILE.</translation>
    </message>
    <message>
        <source>The certificate of %1 is not trusted here. Behind a company proxy, set SSL_CERT_FILE to its certificates.</source>
        <translation>Dem Zertifikat von %1 wird hier nicht vertraut. Hinter einem Firmen-Proxy setzen Sie SSL_CERT_FILE auf dessen Zertifikate.</translation>
    </message>
    <message>
        <source>The checkpoint would be overwritten. Choose another name for the GGUF.</source>
        <translation>Der Checkpoint würde überschrieben. Wählen Sie einen anderen Namen für das GGUF.</translation>
    </message>
    <message>
        <source>The choice of %1 cannot be written to %2: %3. Set %4 to a folder of yours instead.</source>
        <translation>Die Wahl von %1 lässt sich nicht nach %2 schreiben: %3. Setzen Sie stattdessen %4 auf einen Ordner von Ihnen.</translation>
    </message>
    <message>
        <source>The chunk %1 is missing or cut off, so the weights have a hole. Download %2 again.</source>
        <translation>Das Stück %1 fehlt oder ist abgeschnitten, die Gewichte haben also ein Loch. Laden Sie %2 noch einmal herunter.</translation>
    </message>
    <message>
        <source>The connection to %1 broke: %2. Look at the network, then go on.</source>
        <translation>Die Verbindung zu %1 riss ab: %2. Sehen Sie nach dem Netz, und fahren Sie dann fort.</translation>
    </message>
    <message>
        <source>The conversations cannot be kept in %1: %2. Choose a folder that is yours.</source>
        <translation>Die Gespräche lassen sich in %1 nicht aufbewahren: %2. Wählen Sie einen Ordner, der Ihnen gehört.</translation>
    </message>
    <message>
        <source>The conversations could not be read, and there is no backup: the list is empty.</source>
        <translation>Die Unterhaltungen waren nicht zu lesen, und es gibt keine Sicherung: Die Liste ist leer.</translation>
    </message>
    <message>
        <source>The conversations could not be read; those of %1 are back.</source>
        <translation>Die Unterhaltungen waren nicht zu lesen; die vom %1 sind wieder da.</translation>
    </message>
    <message>
        <source>The conversations in %1 cannot be opened. Look whether the folder exists and is yours, %2.</source>
        <translation>Die Gespräche in %1 lassen sich nicht öffnen. Sehen Sie nach, ob es den Ordner gibt und ob er Ihnen gehört, %2.</translation>
    </message>
    <message>
        <source>The conversations in %1 cannot be read or written (%2). Look whether the disk is full or gone, %3.</source>
        <translation>Die Gespräche in %1 lassen sich weder lesen noch schreiben (%2). Sehen Sie nach, ob der Datenträger voll ist oder fehlt, %3.</translation>
    </message>
    <message>
        <source>The conversations in %1 cannot be written to. Make the file and its folder writable, %2.</source>
        <translation>In die Gespräche in %1 lässt sich nicht schreiben. Machen Sie die Datei und ihren Ordner schreibbar, %2.</translation>
    </message>
    <message>
        <source>The conversations in %1 were written by a newer version of this program (format %2; this one knows %3). They were not touched: update the program, %4.</source>
        <translation>Die Gespräche in %1 hat eine neuere Version dieses Programms geschrieben (Format %2; dieses kennt %3). Sie blieben unangetastet: Bringen Sie das Programm auf den neuen Stand, %4.</translation>
    </message>
    <message>
        <source>The conversations lie on a network drive, or one that works like it. They are kept, only slower; do not open them from two machines at once.</source>
        <translation>Die Gespräche liegen auf einem Netzlaufwerk oder einem, das so arbeitet. Sie werden aufbewahrt, nur langsamer; öffnen Sie sie nicht von zwei Rechnern zugleich.</translation>
    </message>
    <message>
        <source>The damaged file is kept as %1.</source>
        <translation>Die beschädigte Datei bleibt als %1 erhalten.</translation>
    </message>
    <message>
        <source>The disk is full, or a limit on file sizes was met. What was downloaded is kept: free some space and go on, or let HF_HOME name a folder on a larger disk.</source>
        <translation>Der Datenträger ist voll, oder eine Grenze für Dateigrößen wurde erreicht. Was geladen wurde, bleibt: Schaffen Sie Platz, und fahren Sie fort, oder lassen Sie HF_HOME einen Ordner auf einem größeren Datenträger nennen.</translation>
    </message>
    <message>
        <source>The disk is full, so this was not kept in %1. What is on the screen is still there: free some space and try again, or copy the text.</source>
        <translation>Der Datenträger ist voll, deshalb wurde dies nicht in %1 aufbewahrt. Was auf dem Bildschirm steht, ist noch da: Schaffen Sie Platz und versuchen Sie es noch einmal, oder kopieren Sie den Text.</translation>
    </message>
    <message>
        <source>The document must be an object with “system” and “turns”.</source>
        <translation>Das Dokument muss ein Objekt mit „system“ und „turns“ sein.</translation>
    </message>
    <message>
        <source>The download failed in a way it should not; please report it.</source>
        <translation>Der Download scheiterte auf eine Art, die nicht sein sollte; bitte melden Sie es.</translation>
    </message>
    <message>
        <source>The drive with the conversations in %1 gives no locks, so nothing is written there: two programs at once could damage the file. Have the drive&apos;s lock service started, %2.</source>
        <translation>Das Laufwerk mit den Gesprächen in %1 kennt keine Sperren, deshalb wird dort nichts geschrieben: Zwei Programme zugleich könnten die Datei beschädigen. Lassen Sie den Sperrdienst des Laufwerks starten, %2.</translation>
    </message>
    <message>
        <source>The engine</source>
        <translation>Die Engine</translation>
    </message>
    <message>
        <source>The engine met an error of its own: %1. Please report it with the details.</source>
        <translation>Die Engine traf auf einen Fehler in sich selbst: %1. Bitte melden Sie ihn mit den Details.</translation>
    </message>
    <message>
        <source>The engine said something that is no message. Restart it.</source>
        <translation>Die Engine hat etwas gesagt, das keine Nachricht ist. Starten Sie sie neu.</translation>
    </message>
    <message>
        <source>The file %1 is damaged (%2). The program repairs it at its next start; backups lie in the folder “backups” beside it.</source>
        <translation>Die Datei %1 ist beschädigt (%2). Das Programm repariert sie beim nächsten Start; Sicherungen liegen daneben im Ordner „backups“.</translation>
    </message>
    <message>
        <source>The file %1 is damaged, and there is no way to repair it there: %2 Free some space and make the folder writable, then try again.</source>
        <translation>Die Datei %1 ist beschädigt und lässt sich dort nicht reparieren: %2 Schaffen Sie Platz, und machen Sie den Ordner beschreibbar; versuchen Sie es dann noch einmal.</translation>
    </message>
    <message>
        <source>The file of the conversations is damaged.</source>
        <translation>Die Datei der Gespräche ist beschädigt.</translation>
    </message>
    <message>
        <source>The file of your conversations was damaged, by a crash of the machine or a bad disk, and is repaired. Conversations: %1, replies: %2; records that could not be read: %3.</source>
        <translation>Die Datei Ihrer Unterhaltungen war beschädigt, durch einen Absturz des Rechners oder einen schlechten Datenträger, und ist repariert. Unterhaltungen: %1, Antworten: %2; nicht lesbare Einträge: %3.</translation>
    </message>
    <message>
        <source>The folder %1 for the conversations cannot be made: %2. Make it yourself, %3.</source>
        <translation>Der Ordner %1 für die Gespräche lässt sich nicht anlegen: %2. Legen Sie ihn selbst an, %3.</translation>
    </message>
    <message>
        <source>The folder %1, chosen for the conversations, is not there. Connect its drive and try again, or choose another folder.</source>
        <translation>Der Ordner %1, der für die Gespräche gewählt wurde, ist nicht da. Schließen Sie sein Laufwerk an und versuchen Sie es noch einmal, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>The hub does not know this token. Make one with the right to read at %1 and log in with it; an HF_TOKEN that is set goes before the one that is kept.</source>
        <translation>Der Hub kennt dieses Token nicht. Legen Sie unter %1 eines mit Leserecht an, und melden Sie sich damit an; ein gesetztes HF_TOKEN geht dem aufbewahrten vor.</translation>
    </message>
    <message>
        <source>The hub has trouble of its own (status %1). Try again later.%2</source>
        <translation>Der Hub hat selbst Schwierigkeiten (Status %1). Versuchen Sie es später noch einmal.%2</translation>
    </message>
    <message>
        <source>The hub was not asked, because HF_HUB_OFFLINE is set. Unset it to search and download; models that are already here work without it.</source>
        <translation>Der Hub wurde nicht gefragt, weil HF_HUB_OFFLINE gesetzt ist. Heben Sie das auf, um zu suchen und zu laden; Modelle, die schon hier sind, gehen auch ohne.</translation>
    </message>
    <message>
        <source>The importance matrix has %1 values for %2 and the model %3 columns: it was made for another model.</source>
        <translation>Die Wichtigkeitsmatrix hat %1 Werte für %2 und das Modell %3 Spalten: Sie wurde für ein anderes Modell gemacht.</translation>
    </message>
    <message>
        <source>The importance matrix names no tensor of this model.</source>
        <translation>Die Wichtigkeitsmatrix nennt keinen Tensor dieses Modells.</translation>
    </message>
    <message>
        <source>The key holds characters that no key has. Copy it again.</source>
        <translation>Der Schlüssel enthält Zeichen, die kein Schlüssel hat. Kopieren Sie ihn noch einmal.</translation>
    </message>
    <message>
        <source>The keyring did not take the key: %1.</source>
        <translation>Der Schlüsselbund nahm den Schlüssel nicht an: %1.</translation>
    </message>
    <message>
        <source>The licence %1 was not accepted, so nothing was exported. Read it and add --accept-licence.</source>
        <translation>Die Lizenz %1 wurde nicht angenommen, deshalb wurde nichts exportiert. Lesen Sie sie, und fügen Sie --accept-licence an.</translation>
    </message>
    <message>
        <source>The licence of %1 was not accepted (%2, %3), so nothing was fetched. Read it and add --accept-licence.</source>
        <translation>Die Lizenz von %1 wurde nicht angenommen (%2, %3), deshalb wurde nichts geladen. Lesen Sie sie, und fügen Sie --accept-licence an.</translation>
    </message>
    <message>
        <source>The memory ran out while a batch was evaluated. Choose a smaller context.</source>
        <translation>Der Speicher ging aus, während gerechnet wurde. Wählen Sie einen kleineren Kontext.</translation>
    </message>
    <message>
        <source>The memory ran out while a question was answered. Try again.</source>
        <translation>Der Speicher ging aus, während eine Frage beantwortet wurde. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The model and a context of %1 tokens need %2 GiB and %3 GiB are free. Choose a smaller context (--context), 8-bit keys and values (--cache q8_0), fewer answers side by side (--lanes), or a smaller quantization of the model.</source>
        <translation>Das Modell und ein Kontext von %1 Token brauchen %2 GiB, und %3 GiB sind frei. Wählen Sie einen kleineren Kontext (--context), Schlüssel und Werte in 8 Bit (--cache q8_0), weniger Antworten nebeneinander (--lanes) oder eine kleinere Quantisierung des Modells.</translation>
    </message>
    <message>
        <source>The model folder</source>
        <translation>Der Modellordner</translation>
    </message>
    <message>
        <source>The model gave no usable numbers (infinite or not a number). This happens with damaged files and with some quantizations on some GPUs: try another quantization.</source>
        <translation>Das Modell gab keine brauchbaren Zahlen (unendlich oder gar keine). Das kommt bei beschädigten Dateien vor und bei manchen Quantisierungen auf manchen GPUs: Versuchen Sie eine andere Quantisierung.</translation>
    </message>
    <message>
        <source>The new file was removed</source>
        <translation>Die neue Datei wurde entfernt</translation>
    </message>
    <message>
        <source>The parts of “%1” differ in their number of axes.</source>
        <translation>Die Teile von „%1“ haben verschieden viele Achsen.</translation>
    </message>
    <message>
        <source>The parts of “%1” do not make up the whole: some are missing, twice or of another kind. Download the checkpoint again.</source>
        <translation>Die Teile von „%1“ ergeben kein Ganzes: Manche fehlen, sind doppelt oder von anderer Art. Laden Sie den Checkpoint noch einmal herunter.</translation>
    </message>
    <message>
        <source>The planning of the quantization</source>
        <translation>Die Planung der Quantisierung</translation>
    </message>
    <message>
        <source>The preset %1 cannot be deleted: %2.</source>
        <translation>Die Vorlage %1 lässt sich nicht löschen: %2.</translation>
    </message>
    <message>
        <source>The preset %1 cannot be read: %2.</source>
        <translation>Die Vorlage %1 lässt sich nicht lesen: %2.</translation>
    </message>
    <message>
        <source>The preset %1 has a wrong control string. %2</source>
        <translation>Die Vorlage %1 hat eine falsche Steuerzeile. %2</translation>
    </message>
    <message>
        <source>The preset %1 needs name, schema and control, each a string in quotes.</source>
        <translation>Die Vorlage %1 braucht name, schema und control, jedes als Zeichenkette in Anführungszeichen.</translation>
    </message>
    <message>
        <source>The preset cannot be written to %1: %2. Choose another place.</source>
        <translation>Die Vorlage lässt sich nicht nach %1 schreiben: %2. Wählen Sie einen anderen Ort.</translation>
    </message>
    <message>
        <source>The program met an error of its own: %1.</source>
        <translation>Das Programm machte selbst einen Fehler: %1.</translation>
    </message>
    <message>
        <source>The prompt has %1 tokens and the context holds %2. Shorten the conversation, or choose a larger context.</source>
        <translation>Der Prompt hat %1 Token, und der Kontext fasst %2. Kürzen Sie die Unterhaltung, oder wählen Sie einen größeren Kontext.</translation>
    </message>
    <message>
        <source>The prompt is empty. Type something to answer.</source>
        <translation>Der Prompt ist leer. Schreiben Sie etwas, worauf zu antworten ist.</translation>
    </message>
    <message>
        <source>The prompts %1 cannot be read: %2. Check the path.</source>
        <translation>Die Prompts %1 lassen sich nicht lesen: %2. Prüfen Sie den Pfad.</translation>
    </message>
    <message>
        <source>The proxy %1 cannot be reached. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.</source>
        <translation>Der Proxy %1 ist nicht zu erreichen. Prüfen Sie HTTPS_PROXY, HTTP_PROXY und NO_PROXY.</translation>
    </message>
    <message>
        <source>The proxy %1 gives no way to %2: %3. Check http_proxy and https_proxy, or name %4 in no_proxy.</source>
        <translation>Der Proxy %1 führt nicht zu %2: %3. Prüfen Sie http_proxy und https_proxy, oder nennen Sie %4 in no_proxy.</translation>
    </message>
    <message>
        <source>The proxy could not be used. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or ask who runs your network.</source>
        <translation>Der Proxy war nicht zu gebrauchen. Prüfen Sie HTTPS_PROXY, HTTP_PROXY und NO_PROXY, oder fragen Sie, wer Ihr Netz betreibt.</translation>
    </message>
    <message>
        <source>The proxy of this machine speaks %1, which is not known here. Name the server in NO_PROXY, or give an http:// proxy.</source>
        <translation>Der Proxy dieser Maschine spricht %1, das hier nicht bekannt ist. Nennen Sie den Server in NO_PROXY, oder geben Sie einen http://-Proxy an.</translation>
    </message>
    <message>
        <source>The proxy wants a name and a password (407). Write them into http_proxy, as in http://NAME:WORD@HOST:PORT.</source>
        <translation>Der Proxy verlangt Namen und Kennwort (407). Schreiben Sie beide in http_proxy, wie in http://NAME:WORT@HOST:PORT.</translation>
    </message>
    <message>
        <source>The rows of %1 have %2 values and %3 needs blocks of %4. Choose Q8_0 or BF16 for ffn_down.</source>
        <translation>Die Zeilen von %1 haben %2 Werte, und %3 braucht Blöcke von %4. Wählen Sie Q8_0 oder BF16 für ffn_down.</translation>
    </message>
    <message>
        <source>The server decides what is computed together, so no text can be promised again.</source>
        <translation>Der Server entscheidet, was zusammen gerechnet wird, deshalb lässt sich kein Text ein zweites Mal zusagen.</translation>
    </message>
    <message>
        <source>The server ended the answer before its end, as one does that answers a single request at a time when the next one comes: ask fewer at a time (--concurrency). The text so far is kept.</source>
        <translation>Der Server beendete die Antwort vor ihrem Ende, wie einer, der nur eine Anfrage zur Zeit beantwortet, wenn die nächste kommt: Fragen Sie weniger zugleich (--concurrency). Der Text bis hierher bleibt.</translation>
    </message>
    <message>
        <source>The server failed (%1%2). Look at its log, then go on.</source>
        <translation>Der Server scheiterte (%1%2). Sehen Sie in sein Protokoll, und fahren Sie dann fort.</translation>
    </message>
    <message>
        <source>The server failed in the midst of an answer%1. The text so far is kept.</source>
        <translation>Der Server scheiterte mitten in einer Antwort%1. Der Text bis hierher bleibt.</translation>
    </message>
    <message>
        <source>The server has no model “%1”. It has: %2.</source>
        <translation>Der Server hat kein Modell „%1“. Er hat: %2.</translation>
    </message>
    <message>
        <source>The server has several models. Name one of them: %1.</source>
        <translation>Der Server hat mehrere Modelle. Nennen Sie eines davon: %1.</translation>
    </message>
    <message>
        <source>The server is busy (%1%2). Try again later.</source>
        <translation>Der Server ist beschäftigt (%1%2). Versuchen Sie es später noch einmal.</translation>
    </message>
    <message>
        <source>The server names no model. Name one, or check the address.</source>
        <translation>Der Server nennt kein Modell. Nennen Sie eines, oder prüfen Sie die Adresse.</translation>
    </message>
    <message>
        <source>The server points to another address: %1. Give that one.</source>
        <translation>Der Server verweist auf eine andere Adresse: %1. Geben Sie diese an.</translation>
    </message>
    <message>
        <source>The server refused this prompt (%1%2).</source>
        <translation>Der Server hat diesen Prompt abgelehnt (%1%2).</translation>
    </message>
    <message>
        <source>The server sends more than was asked for: the answer was stopped.</source>
        <translation>Der Server sendet mehr, als verlangt war: Die Antwort wurde angehalten.</translation>
    </message>
    <message>
        <source>The server sent something that is no event. The text so far is kept.</source>
        <translation>Der Server sandte etwas, das kein Ereignis ist. Der Text bis hierher bleibt.</translation>
    </message>
    <message>
        <source>There is no model at %1, or %2. Check owner and name.%3</source>
        <translation>Unter %1 gibt es kein Modell, oder %2. Prüfen Sie Besitzer und Namen.%3</translation>
    </message>
    <message>
        <source>This model is gated and %1. Open %2, accept its conditions there, then try again.%3</source>
        <translation>Dieses Modell ist zugangsbeschränkt, und %1. Öffnen Sie %2, nehmen Sie dort die Bedingungen an, und versuchen Sie es dann noch einmal.%3</translation>
    </message>
    <message>
        <source>What %1 says is no HTTP, or was cut. Check address and port, and whether it is http:// or https://.</source>
        <translation>Was %1 sagt, ist kein HTTP oder wurde abgeschnitten. Prüfen Sie Adresse und Port, und ob http:// oder https:// gilt.</translation>
    </message>
    <message>
        <source>it is private and you are not logged in</source>
        <translation>es ist privat und Sie sind nicht angemeldet</translation>
    </message>
    <message>
        <source>you are not logged in</source>
        <translation>Sie sind nicht angemeldet</translation>
    </message>
    <message>
        <source>The server does not tell the tokens of a text as it should. Look at its log.</source>
        <translation>Der Server nennt die Token eines Textes nicht so, wie er sollte. Sehen Sie in sein Protokoll.</translation>
    </message>
    <message>
        <source> You log in under “Hub” in “Open model…”, in a terminal with: steerlm-studio models login</source>
        <translation> Sie melden sich unter „Hub“ in „Modell öffnen …“ an, im Terminal mit: steerlm-studio models login</translation>
    </message>
    <message>
        <source>%1 asks for fewer requests. Wait a few minutes.%2</source>
        <translation>%1 bittet um weniger Anfragen. Warten Sie einige Minuten.%2</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2. Free some space, or check who may write there.</source>
        <translation>%1 kann nicht geschrieben werden: %2. Schaffen Sie Platz, oder prüfen Sie, wer dort schreiben darf.</translation>
    </message>
    <message>
        <source>%1 is one of %2 parts of a model, and is not named so. Give the parts back their names, such as NAME-00001-of-00003.gguf.</source>
        <translation>%1 ist einer von %2 Teilen eines Modells und heißt nicht so. Geben Sie den Teilen ihre Namen zurück, etwa NAME-00001-of-00003.gguf.</translation>
    </message>
    <message>
        <source>%1 needs %2 more and %3 to spare, %4 are free in %5. Free some space, or let HF_HOME name a folder on a larger disk.</source>
        <translation>%1 braucht noch %2 und %3 Spielraum, frei sind in %5 nur %4. Schaffen Sie Platz, oder lassen Sie HF_HOME einen Ordner auf einem größeren Datenträger nennen.</translation>
    </message>
    <message>
        <source>%1 refuses access (status %2). Check your token and its rights: fine-grained tokens need the right to read gated models.%3</source>
        <translation>%1 verweigert den Zugang (Status %2). Prüfen Sie Ihr Token und seine Rechte: Fein eingestellte Token brauchen das Recht, zugangsbeschränkte Modelle zu lesen.%3</translation>
    </message>
    <message>
        <source>The hub has disabled %1: nothing can be fetched from it. Its page may say why.</source>
        <translation>Der Hub hat %1 gesperrt: Von dort kann nichts geholt werden. Die Seite sagt vielleicht, warum.</translation>
    </message>
    <message>
        <source>The server ended the answer before its first word. The prompt may be longer than its context: shorten the conversation, or look at the server&apos;s log.</source>
        <translation>Der Server beendete die Antwort vor ihrem ersten Wort. Der Prompt ist vielleicht länger als sein Kontext: Kürzen Sie das Gespräch, oder sehen Sie in das Protokoll des Servers.</translation>
    </message>
    <message>
        <source>The server wants another key (%1%2). Check the key.</source>
        <translation>Der Server verlangt einen anderen Schlüssel (%1%2). Prüfen Sie den Schlüssel.</translation>
    </message>
    <message>
        <source>The setting “%1” has both “control” and “preset”: keep one.</source>
        <translation>Die Einstellung „%1“ hat „control“ und „preset“: Lassen Sie eines davon stehen.</translation>
    </message>
    <message>
        <source>The setting “%1” has the unknown key “%2”. Known: %3.</source>
        <translation>Die Einstellung „%1“ hat den unbekannten Schlüssel „%2“. Bekannt sind: %3.</translation>
    </message>
    <message>
        <source>The setting “%1” must be a string or an object. See the docs.</source>
        <translation>Die Einstellung „%1“ muss eine Zeichenkette oder ein Objekt sein. Näheres in der Dokumentation.</translation>
    </message>
    <message>
        <source>The setting “%1”: %2</source>
        <translation>Die Einstellung „%1“: %2</translation>
    </message>
    <message>
        <source>The settings %1 cannot be read: %2.</source>
        <translation>Die Einstellungen %1 lassen sich nicht lesen: %2.</translation>
    </message>
    <message>
        <source>The settings %1 cannot be read: %2. Check the path.</source>
        <translation>Die Einstellungen %1 lassen sich nicht lesen: %2. Prüfen Sie den Pfad.</translation>
    </message>
    <message>
        <source>The table holds a row without number and setting: it was changed by another program. Choose another --out.</source>
        <translation>Die Tabelle enthält eine Zeile ohne Nummer und Einstellung: Ein anderes Programm hat sie verändert. Wählen Sie eine andere Ausgabedatei.</translation>
    </message>
    <message>
        <source>The tensor %1 holds %2, and F16 ends at 65504. Export BF16 instead: it is as large and holds every such value.</source>
        <translation>Der Tensor %1 enthält %2, und F16 endet bei 65504. Exportieren Sie stattdessen BF16: Es ist ebenso groß und fasst jeden solchen Wert.</translation>
    </message>
    <message>
        <source>The tensor %1 holds values that are no finite numbers (NaN or infinity). The checkpoint is damaged; nothing was written.</source>
        <translation>Der Tensor %1 enthält Werte, die keine endlichen Zahlen sind (NaN oder unendlich). Der Checkpoint ist beschädigt; nichts wurde geschrieben.</translation>
    </message>
    <message>
        <source>The tensor “%1” belongs to no GPT-Next or Llama network, so this model cannot be exported.</source>
        <translation>Der Tensor „%1“ gehört weder zu einem GPT-Next- noch zu einem Llama-Netz, deshalb lässt sich dieses Modell nicht exportieren.</translation>
    </message>
    <message>
        <source>The tensor “%1” shows %2. A network of these settings has nothing of the kind, and this model cannot be exported.</source>
        <translation>Der Tensor „%1“ zeugt von: %2. Ein Netz mit diesen Einstellungen hat nichts dergleichen, und dieses Modell lässt sich nicht exportieren.</translation>
    </message>
    <message>
        <source>The text holds %1, which this model&apos;s tokenizer reads as a control token. Reword that place.</source>
        <translation>Der Text enthält %1, was der Tokenizer dieses Modells als Steuer-Token liest. Schreiben Sie die Stelle anders.</translation>
    </message>
    <message>
        <source>The text so far is kept</source>
        <translation>Der Text bis hierher bleibt</translation>
    </message>
    <message>
        <source>The text spells control tokens, and this server would read them as such: each was sent with a space in it.</source>
        <translation>Der Text schreibt Steuertoken aus, und dieser Server würde sie als solche lesen: Jedes wurde mit einem Leerzeichen darin gesendet.</translation>
    </message>
    <message>
        <source>The token of the hub holds characters that no token has. Copy it again, or unset HF_TOKEN.</source>
        <translation>Das Token des Hubs enthält Zeichen, die in keinem Token vorkommen. Kopieren Sie es noch einmal, oder entfernen Sie HF_TOKEN.</translation>
    </message>
    <message>
        <source>The tokenizer %1. llama.cpp cannot do that, so texts would become other tokens than the model was trained on.</source>
        <translation>Der Tokenizer %1. llama.cpp kann das nicht, Texte würden also zu anderen Token, als das Modell gelernt hat.</translation>
    </message>
    <message>
        <source>The tokenizer file is no SentencePiece model or is damaged. Download it again.</source>
        <translation>Die Tokenizer-Datei ist kein SentencePiece-Modell oder ist beschädigt. Laden Sie sie noch einmal herunter.</translation>
    </message>
    <message>
        <source>The tokenizer has %1 pieces and “%2” only %3 rows: they do not belong together.</source>
        <translation>Der Tokenizer hat %1 Stücke und „%2“ nur %3 Zeilen: Sie gehören nicht zusammen.</translation>
    </message>
    <message>
        <source>The tokenizer has empty pieces or unknown types; the file is damaged.</source>
        <translation>Der Tokenizer hat leere Stücke oder unbekannte Arten; die Datei ist beschädigt.</translation>
    </message>
    <message>
        <source>The tokenizer has the piece “%1” twice; the file is damaged.</source>
        <translation>Der Tokenizer hat das Stück „%1“ zweimal; die Datei ist beschädigt.</translation>
    </message>
    <message>
        <source>The tokenizer is a SentencePiece %1 model (model_type); only BPE can be exported so that it gives the same tokens.</source>
        <translation>Der Tokenizer ist ein SentencePiece-Modell der Art %1 (model_type); nur BPE lässt sich so exportieren, dass es dieselben Token ergibt.</translation>
    </message>
    <message>
        <source>The tokenizer lacks byte pieces (%1 and %2 more). llama.cpp would end on the first unknown character, so it is not exported.</source>
        <translation>Dem Tokenizer fehlen Byte-Stücke (%1 und %2 weitere). llama.cpp würde beim ersten unbekannten Zeichen enden, deshalb wird er nicht exportiert.</translation>
    </message>
    <message>
        <source>The tokenizer of %1 is of the kind “%2” (tokenizer.library); only SentencePiece can be exported.</source>
        <translation>Der Tokenizer von %1 ist von der Art „%2“ (tokenizer.library); exportieren lässt sich nur SentencePiece.</translation>
    </message>
    <message>
        <source>The trial of the new file in llama.cpp</source>
        <translation>Die Probe der neuen Datei in llama.cpp</translation>
    </message>
    <message>
        <source>There is a folder “%1” already. Choose another name.</source>
        <translation>Es gibt schon einen Ordner „%1“. Wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>There is no %1 %2. It may have been deleted; “transcripts list” shows all.</source>
        <translation>Nicht gefunden: %1 %2. Vielleicht wurde es gelöscht; „transcripts list“ zeigt alle.</translation>
    </message>
    <message>
        <source>There is no %1 (404%2). Check address and model name.</source>
        <translation>Es gibt kein %1 (404%2). Prüfen Sie Adresse und Modellnamen.</translation>
    </message>
    <message>
        <source>There is no attribute schema named “%1”. Known are: %2.</source>
        <translation>Es gibt kein Attributschema namens „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is no attribute “%1”. Did you mean %2?</source>
        <translation>Es gibt kein Attribut „%1“. War %2 gemeint?</translation>
    </message>
    <message>
        <source>There is no export type “%1”. Known: %2.</source>
        <translation>Es gibt keinen Exporttyp „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is no file or folder %1.</source>
        <translation>Es gibt keine Datei und keinen Ordner %1.</translation>
    </message>
    <message>
        <source>There is no format “%1”. Known are: %2.</source>
        <translation>Es gibt kein Format „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is no keyring here: the key is used, but not remembered.</source>
        <translation>Hier gibt es keinen Schlüsselbund: Der Schlüssel wird benutzt, aber nicht gemerkt.</translation>
    </message>
    <message>
        <source>There is no machine called %1. Check the address.</source>
        <translation>Es gibt keine Maschine namens %1. Prüfen Sie die Adresse.</translation>
    </message>
    <message>
        <source>There is no preset “%1”. Known: %2.</source>
        <translation>Es gibt keine Vorlage „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is no prompt template “%1”. Known: %2.</source>
        <translation>Es gibt keine Prompt-Vorlage „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is no random model “%1”. Known: %2.</source>
        <translation>Es gibt kein Zufallsmodell „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is no sampling preset “%1”. Known are: %2.</source>
        <translation>Es gibt keine Sampling-Vorlage „%1“. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>There is not enough memory for a context of %1 tokens. Choose a smaller context, fewer answers side by side, or a smaller model.</source>
        <translation>Für einen Kontext von %1 Token ist nicht genug Speicher da. Wählen Sie einen kleineren Kontext, weniger Antworten nebeneinander oder ein kleineres Modell.</translation>
    </message>
    <message>
        <source>There is not enough memory for the weights of %1.</source>
        <translation>Für die Gewichte von %1 ist nicht genug Speicher da.</translation>
    </message>
    <message>
        <source>There is too little memory to try the file that was written.</source>
        <translation>Der Speicher reicht nicht, um die geschriebene Datei zu erproben.</translation>
    </message>
    <message>
        <source>These attributes are those of %1, not of %2.</source>
        <translation>Diese Attribute gehören zu %1, nicht zu %2.</translation>
    </message>
    <message>
        <source>This file is already being downloaded by another window or command. Wait for it, or pause it there.</source>
        <translation>Diese Datei wird schon von einem anderen Fenster oder Befehl geladen. Warten Sie darauf, oder halten Sie es dort an.</translation>
    </message>
    <message>
        <source>This is no %1 network: %2 is “%3” in %4, %5. Only GPT-Next (Nemotron-3) and Llama models can be exported.</source>
        <translation>Das ist kein %1-Netz: %2 ist „%3“ in %4, %5. Exportieren lassen sich nur GPT-Next- (Nemotron-3) und Llama-Modelle.</translation>
    </message>
    <message>
        <source>This is not a JSON document: %1.</source>
        <translation>Das ist kein JSON-Dokument: %1.</translation>
    </message>
    <message>
        <source>This is not in the bin any more, so it cannot come back.</source>
        <translation>Das ist nicht mehr im Papierkorb und kann deshalb nicht zurückkommen.</translation>
    </message>
    <message>
        <source>This model cannot generate text. Choose a chat model.</source>
        <translation>Dieses Modell kann keinen Text erzeugen. Wählen Sie ein Chat-Modell.</translation>
    </message>
    <message>
        <source>This model&apos;s keys and values cannot be kept in 8 bits. Choose F16 (--cache f16).</source>
        <translation>Schlüssel und Werte dieses Modells können nicht in 8 Bit gehalten werden. Wählen Sie F16 (--cache f16).</translation>
    </message>
    <message>
        <source>This server does not tell the tokens of a text.</source>
        <translation>Dieser Server nennt die Token eines Textes nicht.</translation>
    </message>
    <message>
        <source>This server does not tell what it read of a prompt and what it knew already.</source>
        <translation>Dieser Server sagt nicht, was er von einem Prompt gelesen hat und was er schon kannte.</translation>
    </message>
    <message>
        <source>This server takes no top k, min p and repeat penalty: they were left out.</source>
        <translation>Dieser Server nimmt weder top k noch min p noch repeat penalty: Sie wurden weggelassen.</translation>
    </message>
    <message>
        <source>Turn %1 must be an object with “user”, “reply” and “control”.</source>
        <translation>Runde %1 muss ein Objekt mit „user“, „reply“ und „control“ sein.</translation>
    </message>
    <message>
        <source>Turn %1, the last one, already has a reply: leave its “reply” out to ask for one, or add the next question as a turn.</source>
        <translation>Runde %1, die letzte, hat schon eine Antwort: Lassen Sie ihr „reply“ weg, um eine zu erfragen, oder fügen Sie die nächste Frage als Runde an.</translation>
    </message>
    <message>
        <source>What %1 answers is a web page, such as one to log in, and no model. Check the address.</source>
        <translation>Was %1 antwortet, ist eine Webseite, etwa zum Anmelden, und kein Modell. Prüfen Sie die Adresse.</translation>
    </message>
    <message>
        <source>What %1 answers is compressed, which was not asked for. Look at what stands between here and the server.</source>
        <translation>Was %1 antwortet, ist komprimiert, ohne dass darum gebeten war. Sehen Sie nach, was zwischen hier und dem Server steht.</translation>
    </message>
    <message>
        <source>What %1%2 answers is no JSON.</source>
        <translation>Was %1%2 antwortet, ist kein JSON.</translation>
    </message>
    <message>
        <source>You can go on working, but nothing new will be kept.</source>
        <translation>Sie können weiterarbeiten, aber nichts Neues wird aufbewahrt.</translation>
    </message>
    <message>
        <source>a gated MLP</source>
        <translation>ein MLP mit Gate</translation>
    </message>
    <message>
        <source>a gated MLP, where GPT-Next has none</source>
        <translation>ein MLP mit Gate, wo GPT-Next keines hat</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>eine Liste</translation>
    </message>
    <message>
        <source>a message</source>
        <translation>eine Nachricht</translation>
    </message>
    <message>
        <source>a mixture of experts</source>
        <translation>eine Mischung von Experten</translation>
    </message>
    <message>
        <source>a name in it is longer than any can be</source>
        <translation>ein Name darin ist länger, als einer sein kann</translation>
    </message>
    <message>
        <source>a name of that length is not plausible</source>
        <translation>ein Name dieser Länge ist nicht glaubhaft</translation>
    </message>
    <message>
        <source>a number</source>
        <translation>eine Zahl</translation>
    </message>
    <message>
        <source>a number above 0 and at most %1</source>
        <translation>eine Zahl über 0 und höchstens %1</translation>
    </message>
    <message>
        <source>a part of %1 is of the kind “%2” and was left out</source>
        <translation>ein Teil von %1 ist von der Art „%2“ und wurde weggelassen</translation>
    </message>
    <message>
        <source>a tensor&apos;s name is too long or there twice</source>
        <translation>der Name eines Tensors ist zu lang oder doppelt da</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>ein Text</translation>
    </message>
    <message>
        <source>a text in its metadata is longer than the file</source>
        <translation>ein Text in ihren Metadaten ist länger als die Datei</translation>
    </message>
    <message>
        <source>a turn</source>
        <translation>eine Runde</translation>
    </message>
    <message>
        <source>a version of %1 is no object</source>
        <translation>eine Fassung von %1 ist kein Objekt</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>eine ganze Zahl</translation>
    </message>
    <message>
        <source>a whole number above 0</source>
        <translation>eine ganze Zahl über 0</translation>
    </message>
    <message>
        <source>an adapter; merge it into the model first</source>
        <translation>ein Adapter; vereinigen Sie ihn zuerst mit dem Modell</translation>
    </message>
    <message>
        <source>an arithmetic error</source>
        <translation>ein Rechenfehler</translation>
    </message>
    <message>
        <source>an object</source>
        <translation>ein Objekt</translation>
    </message>
    <message>
        <source>an object needs one of “prompt”, “messages” and “turns”</source>
        <translation>ein Objekt braucht eines von „prompt“, „messages“ und „turns“</translation>
    </message>
    <message>
        <source>another head than a language model&apos;s</source>
        <translation>ein anderer Kopf als der eines Sprachmodells</translation>
    </message>
    <message>
        <source>another model</source>
        <translation>ein anderes Modell</translation>
    </message>
    <message>
        <source>asked to end</source>
        <translation>sie sollte enden</translation>
    </message>
    <message>
        <source>biases in its linear layers</source>
        <translation>Biaswerte in seinen linearen Schichten</translation>
    </message>
    <message>
        <source>build llama-cpp-python on this machine, or with -DGGML_NATIVE=OFF.</source>
        <translation>bauen Sie llama-cpp-python auf diesem Rechner oder mit -DGGML_NATIVE=OFF.</translation>
    </message>
    <message>
        <source>byte %1 is not UTF-8</source>
        <translation>Byte %1 ist kein UTF-8</translation>
    </message>
    <message>
        <source>bytes</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>call “%1”</source>
        <translation>„%1“ aufrufen</translation>
    </message>
    <message>
        <source>choose a smaller model or context</source>
        <translation>wählen Sie ein kleineres Modell oder einen kleineren Kontext</translation>
    </message>
    <message>
        <source>close other programs</source>
        <translation>schließen Sie andere Programme</translation>
    </message>
    <message>
        <source>do more than hold tensors</source>
        <translation>mehr tun, als Tensoren zu halten</translation>
    </message>
    <message>
        <source>does not escape white space (escape_whitespaces)</source>
        <translation>maskiert Leerzeichen nicht (escape_whitespaces)</translation>
    </message>
    <message>
        <source>drops repeated spaces (remove_extra_whitespaces)</source>
        <translation>lässt wiederholte Leerzeichen weg (remove_extra_whitespaces)</translation>
    </message>
    <message>
        <source>general.type says otherwise</source>
        <translation>general.type sagt etwas anderes</translation>
    </message>
    <message>
        <source>if the memory ran out, %1, then try again.</source>
        <translation>ging der Speicher aus, %1 und versuchen es noch einmal.</translation>
    </message>
    <message>
        <source>it computes values that are no numbers</source>
        <translation>sie berechnet Werte, die keine Zahlen sind</translation>
    </message>
    <message>
        <source>it does not say which architecture it holds</source>
        <translation>sie sagt nicht, welche Architektur sie enthält</translation>
    </message>
    <message>
        <source>it ends before its tensors do</source>
        <translation>sie endet vor ihren Tensoren</translation>
    </message>
    <message>
        <source>it ends in the middle of a tensor</source>
        <translation>sie endet mitten in einem Tensor</translation>
    </message>
    <message>
        <source>it ends in the middle of its metadata, or these are too large</source>
        <translation>sie endet mitten in ihren Metadaten, oder diese sind zu groß</translation>
    </message>
    <message>
        <source>it ends too early: %1 %2 cannot follow</source>
        <translation>sie endet zu früh: %1 %2 können nicht mehr folgen</translation>
    </message>
    <message>
        <source>it ends too early: %1 bytes are needed and %2 are there</source>
        <translation>sie endet zu früh: %1 Bytes werden gebraucht, und %2 sind da</translation>
    </message>
    <message>
        <source>it gave up on an error inside llama.cpp</source>
        <translation>ein Fehler in llama.cpp, bei dem es aufgab</translation>
    </message>
    <message>
        <source>it gives other tokens than SentencePiece for %1</source>
        <translation>sie ergibt andere Token als SentencePiece für %1</translation>
    </message>
    <message>
        <source>it has no vocabulary</source>
        <translation>sie hat kein Vokabular</translation>
    </message>
    <message>
        <source>it holds a tensor twice</source>
        <translation>sie enthält einen Tensor zweimal</translation>
    </message>
    <message>
        <source>it holds no or no finite weights</source>
        <translation>sie enthält keine oder keine endlichen Gewichte</translation>
    </message>
    <message>
        <source>it holds no tensors</source>
        <translation>sie enthält keine Tensoren</translation>
    </message>
    <message>
        <source>it holds what lets another model see or hear, and no model of its own</source>
        <translation>sie enthält, womit ein anderes Modell sieht oder hört, und kein eigenes Modell</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>sie ist leer</translation>
    </message>
    <message>
        <source>it is longer than %1 MiB</source>
        <translation>sie ist länger als %1 MiB</translation>
    </message>
    <message>
        <source>it is no GGUF file</source>
        <translation>sie ist keine GGUF-Datei</translation>
    </message>
    <message>
        <source>it is no JSON: %1</source>
        <translation>das ist kein JSON: %1</translation>
    </message>
    <message>
        <source>it is no object with “prompt”, “messages” or “turns”</source>
        <translation>das ist kein Objekt mit „prompt“, „messages“ oder „turns“</translation>
    </message>
    <message>
        <source>it is not UTF-8 at byte %1</source>
        <translation>das ist bei Byte %1 kein UTF-8</translation>
    </message>
    <message>
        <source>it is not part %1 of %2, as its name says</source>
        <translation>sie ist nicht Teil %1 von %2, wie ihr Name sagt</translation>
    </message>
    <message>
        <source>it is private</source>
        <translation>es ist privat</translation>
    </message>
    <message>
        <source>it is too large</source>
        <translation>sie ist zu groß</translation>
    </message>
    <message>
        <source>it touched memory that is not its own</source>
        <translation>ein Griff in fremden Speicher</translation>
    </message>
    <message>
        <source>it was built for another processor</source>
        <translation>für einen anderen Prozessor gebaut</translation>
    </message>
    <message>
        <source>it was cut while it was read</source>
        <translation>sie wurde gekürzt, während sie gelesen wurde</translation>
    </message>
    <message>
        <source>it was written for a big-endian machine</source>
        <translation>sie wurde für einen Big-Endian-Rechner geschrieben</translation>
    </message>
    <message>
        <source>its %1 listed texts are more than any model has</source>
        <translation>ihre %1 aufgelisteten Texte sind mehr, als irgendein Modell hat</translation>
    </message>
    <message>
        <source>its alignment of %1 is no power of two</source>
        <translation>ihre Ausrichtung von %1 ist keine Zweierpotenz</translation>
    </message>
    <message>
        <source>its alignment of %1 is not plausible</source>
        <translation>ihre Ausrichtung von %1 ist nicht glaubhaft</translation>
    </message>
    <message>
        <source>its architecture %1 is unknown to this llama.cpp</source>
        <translation>ihre Architektur %1 kennt dieses llama.cpp nicht</translation>
    </message>
    <message>
        <source>its file or memory went away</source>
        <translation>Datei oder Speicher verschwanden</translation>
    </message>
    <message>
        <source>its id must be a number or a string</source>
        <translation>die id muss eine Zahl oder eine Zeichenkette sein</translation>
    </message>
    <message>
        <source>its list of tensors is not what was to be written</source>
        <translation>ihre Liste der Tensoren ist nicht die, die geschrieben werden sollte</translation>
    </message>
    <message>
        <source>its logits are not the checkpoint&apos;s (correlation %1)</source>
        <translation>ihre Logits sind nicht die des Checkpoints (Korrelation %1)</translation>
    </message>
    <message>
        <source>its value %1.%2 is missing or out of range</source>
        <translation>ihr Wert %1.%2 fehlt oder liegt außerhalb des Erlaubten</translation>
    </message>
    <message>
        <source>its vocabulary holds a token twice</source>
        <translation>ihr Vokabular enthält ein Token doppelt</translation>
    </message>
    <message>
        <source>its vocabulary lacks %1 of the 256 byte tokens for unknown characters</source>
        <translation>ihrem Vokabular fehlen %1 der 256 Byte-Token für unbekannte Zeichen</translation>
    </message>
    <message>
        <source>killed, by someone or by the system for want of memory</source>
        <translation>von jemandem, oder vom System, weil Speicher fehlte</translation>
    </message>
    <message>
        <source>learned positions</source>
        <translation>gelernte Positionen</translation>
    </message>
    <message>
        <source>list elements</source>
        <translation>Listenelemente</translation>
    </message>
    <message>
        <source>llama-cpp-python cannot be loaded, so there is nothing to run the model with. Install it with `make run` in the program&apos;s folder, or with `pip install llama-cpp-python==0.3.36`.</source>
        <translation>llama-cpp-python kann nicht geladen werden, also läuft kein Modell. Installieren Sie es mit „make run“ im Ordner des Programms oder mit „pip install llama-cpp-python==0.3.36“.</translation>
    </message>
    <message>
        <source>llama.cpp cannot quantize a network of this shape.</source>
        <translation>llama.cpp kann ein Netz dieser Form nicht quantisieren.</translation>
    </message>
    <message>
        <source>llama.cpp could not load %1: the file is damaged, of a kind that it does not know, or the memory does not suffice. The details have its own words.</source>
        <translation>llama.cpp konnte %1 nicht laden: Die Datei ist beschädigt, von einer Art, die es nicht kennt, oder der Speicher reicht nicht. Seine eigenen Worte stehen in den Details.</translation>
    </message>
    <message>
        <source>llama.cpp could not tokenize the text.</source>
        <translation>llama.cpp konnte den Text nicht in Token zerlegen.</translation>
    </message>
    <message>
        <source>llama.cpp did not say how it stores every tensor; this version of it is not the one that the program was made for. Reinstall the program.</source>
        <translation>llama.cpp sagte nicht, wie es jeden Tensor ablegt; diese Version ist nicht die, für die das Programm gemacht ist. Installieren Sie das Programm noch einmal.</translation>
    </message>
    <message>
        <source>llama.cpp does not load the file that was written.</source>
        <translation>llama.cpp lädt die geschriebene Datei nicht.</translation>
    </message>
    <message>
        <source>llama.cpp failed on a prompt (code %1).</source>
        <translation>llama.cpp scheiterte an einem Prompt (Code %1).</translation>
    </message>
    <message>
        <source>llama.cpp failed to evaluate a batch (code %1). Try again; if it stays so, restart the engine with a smaller context.</source>
        <translation>llama.cpp konnte nicht weiterrechnen (Code %1). Versuchen Sie es noch einmal; bleibt es so, starten Sie die Engine mit einem kleineren Kontext neu.</translation>
    </message>
    <message>
        <source>message %1 follows itself and was left out</source>
        <translation>Nachricht %1 folgt auf sich selbst und wurde weggelassen</translation>
    </message>
    <message>
        <source>messages[%1] is no object with “role” and “content”</source>
        <translation>messages[%1] ist kein Objekt mit „role“ und „content“</translation>
    </message>
    <message>
        <source>messages[%1] is of “%2” where “%3” belongs</source>
        <translation>messages[%1] ist von „%2“, wo „%3“ hingehört</translation>
    </message>
    <message>
        <source>metadata entries</source>
        <translation>Metadaten</translation>
    </message>
    <message>
        <source>no even part of the %1 dimensions of a head</source>
        <translation>kein gerader Teil der %1 Dimensionen eines Kopfs</translation>
    </message>
    <message>
        <source>no known kind of conversation has these fields: %1</source>
        <translation>keine bekannte Art von Gespräch hat diese Felder: %1</translation>
    </message>
    <message>
        <source>normalized queries and keys</source>
        <translation>normierte Queries und Keys</translation>
    </message>
    <message>
        <source>not JSON: %1</source>
        <translation>kein JSON: %1</translation>
    </message>
    <message>
        <source>not JSON: %1 (column %2)</source>
        <translation>kein JSON: %1 (Spalte %2)</translation>
    </message>
    <message>
        <source>nothing is said in this conversation</source>
        <translation>in diesem Gespräch wird nichts gesagt</translation>
    </message>
    <message>
        <source>or keep them elsewhere by setting %1 to another folder</source>
        <translation>oder bewahren Sie sie anderswo auf, indem Sie %1 auf einen anderen Ordner setzen</translation>
    </message>
    <message>
        <source>other prompts</source>
        <translation>andere Prompts</translation>
    </message>
    <message>
        <source>other settings</source>
        <translation>andere Einstellungen</translation>
    </message>
    <message>
        <source>rewrites characters before it splits the text (normalizer “%1”)</source>
        <translation>schreibt Zeichen um, bevor er den Text zerlegt (Normalizer „%1“)</translation>
    </message>
    <message>
        <source>row %1 of %2 is not the checkpoint&apos;s</source>
        <translation>Zeile %1 von %2 ist nicht die des Checkpoints</translation>
    </message>
    <message>
        <source>strings</source>
        <translation>Zeichenketten</translation>
    </message>
    <message>
        <source>sums without counts, or no F32 values</source>
        <translation>Summen ohne Anzahlen, oder keine F32-Werte</translation>
    </message>
    <message>
        <source>tensor %1 has %2 dimensions</source>
        <translation>der Tensor %1 hat %2 Dimensionen</translation>
    </message>
    <message>
        <source>tensor %1 has an impossible shape or place</source>
        <translation>der Tensor %1 hat eine unmögliche Form oder einen unmöglichen Platz</translation>
    </message>
    <message>
        <source>tensor %1 has the number format %2, unknown to this llama.cpp</source>
        <translation>der Tensor %1 hat das Zahlenformat %2, das dieses llama.cpp nicht kennt</translation>
    </message>
    <message>
        <source>tensors</source>
        <translation>Tensoren</translation>
    </message>
    <message>
        <source>the connection was lost</source>
        <translation>die Verbindung riss ab</translation>
    </message>
    <message>
        <source>the conversation</source>
        <translation>das Gespräch</translation>
    </message>
    <message>
        <source>the disk is full or a size limit was reached</source>
        <translation>der Datenträger ist voll, oder eine Größengrenze wurde erreicht</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>die Datei ist leer</translation>
    </message>
    <message>
        <source>the file is not UTF-8 from about here on</source>
        <translation>die Datei ist etwa von hier an kein UTF-8</translation>
    </message>
    <message>
        <source>the file is of version %1 of the format, this program knows %2: update the program</source>
        <translation>die Datei hat die Version %1 des Formats, dieses Programm kennt %2: Aktualisieren Sie das Programm</translation>
    </message>
    <message>
        <source>the files of %1 were left out</source>
        <translation>die Dateien von %1 wurden weggelassen</translation>
    </message>
    <message>
        <source>the id %1 stands in line %2 already</source>
        <translation>die id %1 steht schon in Zeile %2</translation>
    </message>
    <message>
        <source>the last message must be of “user”: it is what will be answered</source>
        <translation>die letzte Nachricht muss von „user“ sein: Sie ist es, die beantwortet wird</translation>
    </message>
    <message>
        <source>the metadata key %1 is empty or there twice</source>
        <translation>der Metadaten-Schlüssel %1 ist leer oder doppelt da</translation>
    </message>
    <message>
        <source>the metadata list %1 has elements of the unknown type %2</source>
        <translation>die Metadaten-Liste %1 hat Elemente vom unbekannten Typ %2</translation>
    </message>
    <message>
        <source>the metadata value %1 has the unknown type %2</source>
        <translation>der Metadaten-Wert %1 hat den unbekannten Typ %2</translation>
    </message>
    <message>
        <source>the object</source>
        <translation>das Objekt</translation>
    </message>
    <message>
        <source>the row</source>
        <translation>die Zeile</translation>
    </message>
    <message>
        <source>the server answers with status %1</source>
        <translation>der Server antwortet mit Status %1</translation>
    </message>
    <message>
        <source>the server stopped sending</source>
        <translation>der Server sendet nichts mehr</translation>
    </message>
    <message>
        <source>the system message</source>
        <translation>die Systemnachricht</translation>
    </message>
    <message>
        <source>the system text</source>
        <translation>der Systemtext</translation>
    </message>
    <message>
        <source>the tensor %1 has %2 dimensions</source>
        <translation>der Tensor %1 hat %2 Dimensionen</translation>
    </message>
    <message>
        <source>the tensor %1 has an unknown number format</source>
        <translation>der Tensor %1 hat ein unbekanntes Zahlenformat</translation>
    </message>
    <message>
        <source>the thinking of %1 was left out</source>
        <translation>das Nachdenken von %1 wurde weggelassen</translation>
    </message>
    <message>
        <source>the thinking or tool calls of %1 were left out</source>
        <translation>das Nachdenken oder die Werkzeugaufrufe von %1 wurden weggelassen</translation>
    </message>
    <message>
        <source>this is a regression row, whose turns cannot be told apart safely</source>
        <translation>das ist eine Regressionszeile, deren Runden sich nicht sicher trennen lassen</translation>
    </message>
    <message>
        <source>this is a single Open-Assistant message; import the file of trees instead</source>
        <translation>das ist eine einzelne Nachricht von Open-Assistant; importieren Sie stattdessen die Datei mit Bäumen</translation>
    </message>
    <message>
        <source>this is no object</source>
        <translation>das ist kein Objekt</translation>
    </message>
    <message>
        <source>tokenizer.%1 in %2 adds “%3”, a token that the SentencePiece file does not hold. It would be lost, so this model cannot be exported.</source>
        <translation>tokenizer.%1 in %2 fügt „%3“ hinzu, ein Token, das die SentencePiece-Datei nicht enthält. Es ginge verloren, deshalb lässt sich dieses Modell nicht exportieren.</translation>
    </message>
    <message>
        <source>treats white space as a suffix (treat_whitespace_as_suffix)</source>
        <translation>behandelt Leerzeichen als Endung (treat_whitespace_as_suffix)</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>wahr oder falsch</translation>
    </message>
    <message>
        <source>try again, and look at the details when it happens again.</source>
        <translation>versuchen Sie es noch einmal, und sehen Sie sich die Details an, wenn es wieder geschieht.</translation>
    </message>
    <message>
        <source>where %1 has %2</source>
        <translation>wo %1 %2 hat</translation>
    </message>
    <message>
        <source>where llama.cpp needs %1 / %2</source>
        <translation>wo llama.cpp %1 / %2 braucht</translation>
    </message>
    <message>
        <source>which does not divide the %1 heads</source>
        <translation>das die %1 Köpfe nicht teilt</translation>
    </message>
    <message>
        <source>your token&apos;s account has not been granted access yet</source>
        <translation>dem Konto Ihres Tokens wurde noch kein Zugang gegeben</translation>
    </message>
    <message>
        <source>“%1%2%3” needs a whole number, e.g. humor&gt;=3.</source>
        <translation>„%1%2%3“ braucht eine ganze Zahl, z. B. humor&gt;=3.</translation>
    </message>
    <message>
        <source>“%1:%2” is not known. There is %3.</source>
        <translation>„%1:%2“ ist nicht bekannt. Es gibt %3.</translation>
    </message>
    <message>
        <source>“%1” cannot be a control string: only letters, digits and : , . + - _ occur in one.</source>
        <translation>„%1“ kann keine Steuerzeile sein: Darin kommen nur Buchstaben, Ziffern und : , . + - _ vor.</translation>
    </message>
    <message>
        <source>“%1” has no letter and no digit; only these are searched.</source>
        <translation>„%1“ enthält weder Buchstaben noch Ziffern; nur danach wird gesucht.</translation>
    </message>
    <message>
        <source>“%1” has the shape %2, but the settings say %3. The settings and the weights do not belong together.</source>
        <translation>„%1“ hat die Form %2, aber die Einstellungen sagen %3. Einstellungen und Gewichte gehören nicht zusammen.</translation>
    </message>
    <message>
        <source>“%1” in %2 has %3 bytes; no such file has more than %4. Check that this is the right checkpoint.</source>
        <translation>„%1“ in %2 hat %3 Bytes; keine solche Datei hat mehr als %4. Prüfen Sie, ob das der richtige Checkpoint ist.</translation>
    </message>
    <message>
        <source>“%1” in %2 holds %3 values; only float32, bfloat16 and float16 can be exported.</source>
        <translation>„%1“ in %2 enthält Werte vom Typ %3; exportieren lassen sich nur float32, bfloat16 und float16.</translation>
    </message>
    <message>
        <source>“%1” in %2 is not stored row by row, or the file is damaged. Save the checkpoint again with contiguous tensors.</source>
        <translation>„%1“ in %2 ist nicht zeilenweise abgelegt, oder die Datei ist beschädigt. Speichern Sie den Checkpoint noch einmal mit zusammenhängenden Tensoren.</translation>
    </message>
    <message>
        <source>“%1” is %2, not a number from 0 to 4, and was left out</source>
        <translation>„%1“ ist %2, keine Zahl von 0 bis 4, und wurde weggelassen</translation>
    </message>
    <message>
        <source>“%1” is no address of a server. Give one like http://localhost:8080.</source>
        <translation>„%1“ ist keine Adresse eines Servers. Geben Sie eine an wie http://localhost:8080.</translation>
    </message>
    <message>
        <source>“%1” is no address of a server: %2.</source>
        <translation>„%1“ ist keine Adresse eines Servers: %2.</translation>
    </message>
    <message>
        <source>“%1” is no date; write it as 2026-01-31.</source>
        <translation>„%1“ ist kein Datum; schreiben Sie es so: 2026-01-31.</translation>
    </message>
    <message>
        <source>“%1” is no format for ffn_down. Known: %2.</source>
        <translation>„%1“ ist kein Format für ffn_down. Bekannt sind: %2.</translation>
    </message>
    <message>
        <source>“%1” is no model of the hub. Give owner/name, for example nvidia/nemotron-3-8b-chat-4k-steerlm, or paste the link of its page.</source>
        <translation>„%1“ ist kein Modell des Hubs. Geben Sie Besitzer/Name an, zum Beispiel nvidia/nemotron-3-8b-chat-4k-steerlm, oder fügen Sie den Link seiner Seite ein.</translation>
    </message>
    <message>
        <source>“%1” is not a language code that the models know.</source>
        <translation>„%1“ ist kein Sprachcode, den die Modelle kennen.</translation>
    </message>
    <message>
        <source>“%1” is not a language code that the models know. Did you mean %2?</source>
        <translation>„%1“ ist kein Sprachcode, den die Modelle kennen. War %2 gemeint?</translation>
    </message>
    <message>
        <source>“%1” is not a link of the hub (%2).</source>
        <translation>„%1“ ist kein Link des Hubs (%2).</translation>
    </message>
    <message>
        <source>“%1” is not in all tensor ranks of %2.</source>
        <translation>„%1“ ist nicht in allen Tensor-Rängen von %2.</translation>
    </message>
    <message>
        <source>“%1” is not of the form name:number.</source>
        <translation>„%1“ hat nicht die Form Name:Zahl.</translation>
    </message>
    <message>
        <source>“%1” is not of the form name=value, e.g. humor=3 or humor=-.</source>
        <translation>„%1“ hat nicht die Form name=wert, z. B. humor=3 oder humor=-.</translation>
    </message>
    <message>
        <source>“%1” is not the address of a hub. Set HF_ENDPOINT to one like https://huggingface.co, or unset it.</source>
        <translation>„%1“ ist nicht die Adresse eines Hubs. Setzen Sie HF_ENDPOINT auf eine wie https://huggingface.co, oder entfernen Sie es.</translation>
    </message>
    <message>
        <source>“%1” is not the address of a model. Give owner/name or its link.</source>
        <translation>„%1“ ist nicht die Adresse eines Modells. Geben Sie Besitzer/Name oder den Link an.</translation>
    </message>
    <message>
        <source>“%1” is twice as tall as its settings say: a gated MLP, not GPT-Next.</source>
        <translation>„%1“ ist doppelt so hoch, wie die Einstellungen sagen: ein MLP mit Gate, nicht GPT-Next.</translation>
    </message>
    <message>
        <source>“%1” is written %2.</source>
        <translation>„%1“ schreibt man %2.</translation>
    </message>
    <message>
        <source>“%1” must be a list that is not empty</source>
        <translation>„%1“ muss eine Liste sein, die nicht leer ist</translation>
    </message>
    <message>
        <source>“%1” names a file outside of its repository.</source>
        <translation>„%1“ nennt eine Datei außerhalb seines Repositorys.</translation>
    </message>
    <message>
        <source>“%1” of %2 holds half a character (a lone surrogate)</source>
        <translation>„%1“ in %2 enthält ein halbes Zeichen (ein einzelnes Surrogat)</translation>
    </message>
    <message>
        <source>“%1” of %2 holds half a character (a lone surrogate).</source>
        <translation>„%1“ in %2 enthält ein halbes Zeichen (ein einzelnes Surrogat).</translation>
    </message>
    <message>
        <source>“%1” of %2 is missing</source>
        <translation>„%1“ in %2 fehlt</translation>
    </message>
    <message>
        <source>“%1” of %2 is no list</source>
        <translation>„%1“ in %2 ist keine Liste</translation>
    </message>
    <message>
        <source>“%1” of %2 is no number that can be kept</source>
        <translation>„%1“ von %2 ist keine Zahl, die sich aufbewahren lässt</translation>
    </message>
    <message>
        <source>“%1” of %2 is no object</source>
        <translation>„%1“ in %2 ist kein Objekt</translation>
    </message>
    <message>
        <source>“%1” of %2 is no text</source>
        <translation>„%1“ in %2 ist kein Text</translation>
    </message>
    <message>
        <source>“%1” of %2 must be a string.</source>
        <translation>„%1“ in %2 muss eine Zeichenkette sein.</translation>
    </message>
    <message>
        <source>“%1” of the setting “%2” must be a string.</source>
        <translation>„%1“ der Einstellung „%2“ muss eine Zeichenkette sein.</translation>
    </message>
    <message>
        <source>“%1” stands there twice</source>
        <translation>„%1“ steht dort zweimal</translation>
    </message>
    <message>
        <source>“chat” has no “history” with “messages”</source>
        <translation>„chat“ hat kein „history“ mit „messages“</translation>
    </message>
    <message>
        <source>“id” of turns[%1] is that of an earlier turn</source>
        <translation>„id“ von turns[%1] ist die einer früheren Runde</translation>
    </message>
    <message>
        <source>“label” of %1 is neither text nor null</source>
        <translation>„label“ von %1 ist weder Text noch null</translation>
    </message>
    <message>
        <source>“parent” of turns[%1] is no turn before it</source>
        <translation>„parent“ von turns[%1] ist keine Runde davor</translation>
    </message>
    <message>
        <source>“set” of the setting “%1” is no text like humor=3 and no such object.</source>
        <translation>„set“ der Einstellung „%1“ ist weder ein Text wie humor=3 noch ein solches Objekt.</translation>
    </message>
    <message>
        <source>“turns” must be a list with at least one turn.</source>
        <translation>„turns“ muss eine Liste mit mindestens einer Runde sein.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export to GGUF</source>
        <translation>Als GGUF exportieren</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Another checkpoint</source>
        <translation>Anderer Checkpoint</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>One export is running. Wait for its end or cancel it first.</source>
        <translation>Ein Export läuft. Warten Sie sein Ende ab oder brechen Sie ihn zuerst ab.</translation>
    </message>
    <message>
        <source>Reading the headers of %1…</source>
        <translation>Die Kopfdaten von %1 werden gelesen …</translation>
    </message>
    <message>
        <source>This is a GGUF already. Open it with Model → Open model…</source>
        <translation>Das ist schon eine GGUF. Öffnen Sie sie mit Modell → Modell öffnen …</translation>
    </message>
    <message>
        <source>The export was cancelled. No file of it was left.</source>
        <translation>Der Export wurde abgebrochen. Keine Datei davon blieb zurück.</translation>
    </message>
</context>
<context>
    <name>ExportJob</name>
    <message>
        <source>The export</source>
        <translation>Der Export</translation>
    </message>
</context>
<context>
    <name>ExportOptions</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>from the program&apos;s own prompts</source>
        <translation>aus den Prompts des Programms</translation>
    </message>
    <message>
        <source>from a text of prompts…</source>
        <translation>aus einem Text mit Prompts …</translation>
    </message>
    <message>
        <source>a matrix of llama.cpp…</source>
        <translation>eine Matrix von llama.cpp …</translation>
    </message>
    <message>
        <source>as the type</source>
        <translation>wie der Typ</translation>
    </message>
    <message>
        <source>Also compare logits with the checkpoint</source>
        <translation>Auch Logits mit dem Checkpoint vergleichen</translation>
    </message>
    <message>
        <source>Importance matrix</source>
        <translation>Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>Weighs what matters most to the answers; helps the small types. Computing one from a text reads the checkpoint once more per 512 tokens.</source>
        <translation>Gewichtet, was für die Antworten am meisten zählt; hilft den kleinen Typen. Sie aus einem Text zu berechnen liest den Checkpoint je 512 Tokens ein weiteres Mal.</translation>
    </message>
    <message>
        <source>Keeps the matrices behind the squared ReLU in a larger format, should a small one give no numbers on some GPU.</source>
        <translation>Lässt die Matrizen hinter der quadrierten ReLU in einem größeren Format, falls ein kleines auf einer GPU keine Zahlen ergibt.</translation>
    </message>
    <message>
        <source>Computes the checkpoint itself for eight tokens: minutes for a model of billions of parameters.</source>
        <translation>Berechnet den Checkpoint selbst für acht Tokens: Minuten bei einem Modell mit Milliarden Parametern.</translation>
    </message>
    <message>
        <source>ffn_down</source>
        <translation>ffn_down</translation>
    </message>
    <message>
        <source>Verification</source>
        <translation>Prüfung</translation>
    </message>
</context>
<context>
    <name>ExportPlan</name>
    <message>
        <source>Choose a type.</source>
        <translation>Wählen Sie einen Typ.</translation>
    </message>
    <message>
        <source>Read the licence and accept its terms.</source>
        <translation>Lesen Sie die Lizenz und nehmen Sie ihre Bedingungen an.</translation>
    </message>
    <message>
        <source>Predicting the sizes…</source>
        <translation>Die Größen werden berechnet …</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>Was es ist</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Types</source>
        <translation>Typen</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Folder and name</source>
        <translation>Ordner und Name</translation>
    </message>
    <message>
        <source>What to export</source>
        <translation>Was exportiert wird</translation>
    </message>
</context>
<context>
    <name>ExportReading</name>
    <message>
        <source>Reading the checkpoint</source>
        <translation>Das Lesen des Checkpoints</translation>
    </message>
    <message>
        <source>Predicting the sizes</source>
        <translation>Das Berechnen der Größen</translation>
    </message>
    <message>
        <source>Looking for GPUs</source>
        <translation>Die Suche nach GPUs</translation>
    </message>
</context>
<context>
    <name>ExportReport</name>
    <message>
        <source>Report of the export</source>
        <translation>Bericht des Exports</translation>
    </message>
    <message>
        <source>The file is written and right</source>
        <translation>Die Datei ist geschrieben und richtig</translation>
    </message>
    <message numerus="yes">
        <source>%n files are written and right</source>
        <translation>
            <numerusform>%n Datei ist geschrieben und richtig</numerusform>
            <numerusform>%n Dateien sind geschrieben und richtig</numerusform>
        </translation>
    </message>
    <message>
        <source>Open in the studio</source>
        <translation>Im Studio öffnen</translation>
    </message>
    <message>
        <source>Open %1 in the studio</source>
        <translation>%1 im Studio öffnen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Show %1 in its folder</source>
        <translation>%1 in ihrem Ordner zeigen</translation>
    </message>
    <message>
        <source>%1 texts tokenized as SentencePiece does</source>
        <translation>%1 Texte in Tokens zerlegt wie von SentencePiece</translation>
    </message>
    <message>
        <source>finite logits after a prompt of %1 tokens</source>
        <translation>endliche Logits nach einem Prompt von %1 Tokens</translation>
    </message>
    <message>
        <source>%1 tensors with the right name, shape and format</source>
        <translation>%1 Tensoren mit richtigem Namen, Form und Format</translation>
    </message>
    <message>
        <source>%1 sampled rows as in the checkpoint</source>
        <translation>%1 Zeilen in Stichprobe wie im Checkpoint</translation>
    </message>
    <message>
        <source>logits at %1 positions as the checkpoint&apos;s: correlation %2, largest difference %3</source>
        <translation>Logits an %1 Stellen wie die des Checkpoints: Korrelation %2, größter Unterschied %3</translation>
    </message>
</context>
<context>
    <name>ExportRunning</name>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Cancel the export</source>
        <translation>Export abbrechen</translation>
    </message>
    <message>
        <source>Exporting %1 as %2</source>
        <translation>%1 wird als %2 exportiert</translation>
    </message>
    <message>
        <source>This window may be closed: the export goes on, the status bar shows how far it is, and you can chat meanwhile.</source>
        <translation>Dieses Fenster darf geschlossen werden: Der Export läuft weiter, die Statusleiste zeigt, wie weit er ist, und Sie können dabei chatten.</translation>
    </message>
    <message>
        <source>%1 of %2 · %3 a second · %4 left</source>
        <translation>%1 von %2 · %3 je Sekunde · noch %4</translation>
    </message>
    <message>
        <source>Computing the importance matrix: %1 of %2 tokens · %3 left</source>
        <translation>Die Wichtigkeitsmatrix wird berechnet: %1 von %2 Tokens · noch %3</translation>
    </message>
    <message>
        <source>Computing the checkpoint&apos;s own logits</source>
        <translation>Die eigenen Logits des Checkpoints werden berechnet</translation>
    </message>
    <message>
        <source>Verifying the new file</source>
        <translation>Die neue Datei wird geprüft</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Reading the checkpoint</source>
        <translation>Der Checkpoint wird gelesen</translation>
    </message>
</context>
<context>
    <name>ExportToolsMissing</name>
    <message>
        <source>Copy the command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Noch einmal nachsehen</translation>
    </message>
    <message>
        <source>Not installed: %1. Run this in the program&apos;s folder, then look again:</source>
        <translation>Nicht installiert: %1. Führen Sie dies im Ordner des Programms aus und sehen Sie dann noch einmal nach:</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Where it was installed with pip: %1</source>
        <translation>Wo es mit pip installiert wurde: %1</translation>
    </message>
    <message>
        <source>Reading checkpoints needs more packages</source>
        <translation>Zum Lesen von Checkpoints fehlen Pakete</translation>
    </message>
</context>
<context>
    <name>Exporting</name>
    <message>
        <source>Show the export</source>
        <translation>Den Export zeigen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>An export is running. Cancel it and quit?</source>
        <translation>Ein Export läuft. Abbrechen und beenden?</translation>
    </message>
    <message>
        <source>Nothing of its files would be left.</source>
        <translation>Von seinen Dateien bliebe nichts.</translation>
    </message>
    <message>
        <source>Cancel it and quit</source>
        <translation>Abbrechen und beenden</translation>
    </message>
    <message>
        <source>Go on exporting</source>
        <translation>Weiter exportieren</translation>
    </message>
    <message>
        <source>Exporting %1 %, %2 left</source>
        <translation>Export %1 %, noch %2</translation>
    </message>
    <message>
        <source>Verifying the export</source>
        <translation>Der Export wird geprüft</translation>
    </message>
    <message>
        <source>Exporting</source>
        <translation>Export läuft</translation>
    </message>
    <message>
        <source>Export failed</source>
        <translation>Export fehlgeschlagen</translation>
    </message>
    <message>
        <source>Export cancelled</source>
        <translation>Export abgebrochen</translation>
    </message>
    <message>
        <source>Export finished</source>
        <translation>Export fertig</translation>
    </message>
</context>
<context>
    <name>FamilyRow</name>
    <message>
        <source>family</source>
        <translation>Familie</translation>
    </message>
    <message>
        <source>Model family</source>
        <translation>Modellfamilie</translation>
    </message>
    <message>
        <source>family (guessed)</source>
        <translation>Familie (vermutet)</translation>
    </message>
    <message>
        <source>Guessed from the model&apos;s name: choose another one if it is wrong.</source>
        <translation>Aus dem Namen des Modells vermutet: Wählen Sie eine andere, wenn sie nicht stimmt.</translation>
    </message>
</context>
<context>
    <name>FigureTable</name>
    <message>
        <source>column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>words</source>
        <translation>Wörter</translation>
    </message>
    <message>
        <source>sentences</source>
        <translation>Sätze</translation>
    </message>
    <message>
        <source>LIX</source>
        <translation>LIX</translation>
    </message>
    <message>
        <source>distinct-2</source>
        <translation>distinct-2</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>t/s</source>
        <translation>T/s</translation>
    </message>
    <message>
        <source>agrees with 1 for</source>
        <translation>stimmt mit 1 überein</translation>
    </message>
    <message>
        <source>Björnsson&apos;s readability index: words per sentence plus the percentage of words with more than six letters. Below 30 is easy, above 50 hard.</source>
        <translation>Lesbarkeitsindex nach Björnsson: Wörter je Satz plus der Anteil der Wörter mit mehr als sechs Buchstaben in Prozent. Unter 30 ist leicht, über 50 schwer.</translation>
    </message>
    <message>
        <source>The share of pairs of neighbouring words that are different: 1 repeats nothing.</source>
        <translation>Der Anteil verschiedener Paare benachbarter Wörter: 1 wiederholt nichts.</translation>
    </message>
    <message>
        <source>Seconds from the first step to the reply&apos;s last</source>
        <translation>Sekunden vom ersten Schritt bis zum letzten der Antwort</translation>
    </message>
    <message>
        <source>Tokens per second of this reply</source>
        <translation>Tokens je Sekunde dieser Antwort</translation>
    </message>
    <message>
        <source>Words at the beginning that are the same as in the first column</source>
        <translation>Wörter am Anfang, die dieselben wie in der ersten Spalte sind</translation>
    </message>
    <message>
        <source>Figures of the columns</source>
        <translation>Zahlen der Spalten</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>all words</source>
        <translation>alle Wörter</translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n Wort</numerusform>
            <numerusform>%n Wörter</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, then “%2” for “%3”</source>
        <translation>%1, dann „%2“ statt „%3“</translation>
    </message>
</context>
<context>
    <name>FileCard</name>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Trained context</source>
        <translation>Trainierter Kontext</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>This is no SteerLM model as far as one can see: it was not trained on these attributes, so the sliders may do nothing. It can be opened all the same.</source>
        <translation>Das ist, soweit erkennbar, kein SteerLM-Modell: Es wurde nicht mit diesen Attributen trainiert, die Regler bewirken also vielleicht nichts. Öffnen lässt es sich trotzdem.</translation>
    </message>
    <message>
        <source>The attributes and the template are guessed from its name; the file does not say them. Change them here if they are others.</source>
        <translation>Attribute und Vorlage sind aus dem Namen vermutet; die Datei nennt sie nicht. Ändern Sie sie hier, wenn sie nicht stimmen.</translation>
    </message>
    <message>
        <source>Export to GGUF…</source>
        <translation>Als GGUF exportieren …</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open all the same</source>
        <translation>Trotzdem öffnen</translation>
    </message>
    <message>
        <source>What is chosen here cannot be written down: %1. “Open a model file…” opens the model without it.</source>
        <translation>Was hier gewählt ist, lässt sich nicht speichern: %1. „Modelldatei öffnen …“ öffnet das Modell ohne diese Wahl.</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>Vorlage</translation>
    </message>
</context>
<context>
    <name>FileRow</name>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Choose: %1</source>
        <translation>Wählen: %1</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>In diesem Gespräch suchen</translation>
    </message>
    <message>
        <source>Previous match (Shift+Enter)</source>
        <translation>Voriger Treffer (Umschalt+Enter)</translation>
    </message>
    <message>
        <source>Next match (Enter)</source>
        <translation>Nächster Treffer (Enter)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>Schließen (Esc)</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>FitView</name>
    <message>
        <source>as the model</source>
        <translation>wie das Modell</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Token</translation>
    </message>
    <message>
        <source>as many as fit</source>
        <translation>so viele wie passen</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 Bit</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 Bit</translation>
    </message>
    <message>
        <source>The heads of this model are of a width that 8 bits do not go with.</source>
        <translation>Die Köpfe dieses Modells haben eine Breite, zu der 8 Bit nicht passen.</translation>
    </message>
    <message>
        <source>%1 of %2 free: weights %3, keys and values %4, computing %5</source>
        <translation>%1 von %2 frei: Gewichte %3, Schlüssel und Werte %4, Rechnen %5</translation>
    </message>
    <message numerus="yes">
        <source>It fits. The largest context that fits has %n tokens.</source>
        <translation>
            <numerusform>Es passt. Der größte passende Kontext hat %n Token.</numerusform>
            <numerusform>Es passt. Der größte passende Kontext hat %n Token.</numerusform>
        </translation>
    </message>
    <message>
        <source>It fits.</source>
        <translation>Es passt.</translation>
    </message>
    <message numerus="yes">
        <source>It does not fit. A context of %n tokens would.</source>
        <translation>
            <numerusform>Es passt nicht. Ein Kontext von %n Token würde passen.</numerusform>
            <numerusform>Es passt nicht. Ein Kontext von %n Token würde passen.</numerusform>
        </translation>
    </message>
    <message>
        <source>It does not fit, whatever the context. A file in %1 would.</source>
        <translation>Es passt nicht, bei keinem Kontext. Eine Datei in %1 würde passen.</translation>
    </message>
    <message>
        <source>It does not fit on this machine, in no type of file.</source>
        <translation>Es passt nicht auf diesen Rechner, in keinem Dateityp.</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Answers side by side</source>
        <translation>Antworten nebeneinander</translation>
    </message>
    <message>
        <source>Keys and values</source>
        <translation>Schlüssel und Werte</translation>
    </message>
    <message>
        <source>Shares of the GPUs</source>
        <translation>Anteile der GPUs</translation>
    </message>
    <message numerus="yes">
        <source>The model was trained with %n tokens: a larger context is cut to that.</source>
        <translation>
            <numerusform>Das Modell wurde mit %n Token trainiert: Ein größerer Kontext wird darauf gekürzt.</numerusform>
            <numerusform>Das Modell wurde mit %n Token trainiert: Ein größerer Kontext wird darauf gekürzt.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FoldHeader</name>
    <message>
        <source>Fold away</source>
        <translation>Zuklappen</translation>
    </message>
    <message>
        <source>Unfold</source>
        <translation>Aufklappen</translation>
    </message>
</context>
<context>
    <name>Frame</name>
    <message>
        <source>Throughput</source>
        <translation>Durchsatz</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>small demo trained on synthetic text</source>
        <translation>kleine Demo, mit künstlichen Texten trainiert</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>No model is loaded: open a GGUF file (Ctrl+O) or drop one here.</source>
        <translation>Kein Modell ist geladen: eine GGUF-Datei öffnen (Strg+O) oder hier ablegen.</translation>
    </message>
    <message>
        <source>Loaded is a small demo trained on synthetic text. It knows two dozen everyday topics, from tea to volcanoes, and follows every slider.</source>
        <translation>Geladen ist eine kleine Demo, mit künstlichen Texten trainiert. Sie kennt zwei Dutzend Alltagsthemen, von Tee bis zu Vulkanen, und folgt jedem Regler.</translation>
    </message>
    <message>
        <source>%1 is not loaded yet.</source>
        <translation>%1 ist noch nicht geladen.</translation>
    </message>
    <message>
        <source>Loaded is %1.</source>
        <translation>Geladen ist %1.</translation>
    </message>
    <message>
        <source>This build of llama.cpp is for GPUs, but no driver or no GPU was found: the model runs on the CPU.</source>
        <translation>Dieses llama.cpp ist für GPUs gebaut, es wurde aber kein Treiber oder keine GPU gefunden: Das Modell läuft auf der CPU.</translation>
    </message>
    <message>
        <source>No GPU is used. With a CUDA build of llama.cpp, models of billions of parameters would answer at reading speed too.</source>
        <translation>Keine GPU wird benutzt. Mit einem CUDA-Build von llama.cpp würden auch Modelle mit Milliarden Parametern in Lesegeschwindigkeit antworten.</translation>
    </message>
    <message>
        <source>Top bar</source>
        <translation>Kopfleiste</translation>
    </message>
</context>
<context>
    <name>Habits</name>
    <message>
        <source>This model was not trained on these attributes as far as one can see: the sliders may do nothing with it.</source>
        <translation>Dieses Modell wurde, soweit erkennbar, nicht mit diesen Attributen trainiert: Die Regler bewirken bei ihm vielleicht nichts.</translation>
    </message>
    <message>
        <source>What was chosen for this model cannot be written down: %1.</source>
        <translation>Was für dieses Modell gewählt wurde, lässt sich nicht speichern: %1.</translation>
    </message>
</context>
<context>
    <name>HubCard</name>
    <message>
        <source>Open its page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Asking the hub for its files…</source>
        <translation>Dateien werden beim Hub erfragt …</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>This model is gated: log in (under “Hub”), and accept its conditions on its page, before its files can be downloaded.</source>
        <translation>Der Zugang zu diesem Modell ist beschränkt: Melden Sie sich an (unter „Hub“) und nehmen Sie auf seiner Seite die Bedingungen an, bevor Sie Dateien laden.</translation>
    </message>
    <message>
        <source>Accept the licence first</source>
        <translation>Nehmen Sie zuerst die Lizenz an</translation>
    </message>
    <message>
        <source>open</source>
        <translation>frei</translation>
    </message>
    <message>
        <source>gated, at once</source>
        <translation>beschränkt, Freigabe sofort</translation>
    </message>
    <message>
        <source>gated, by hand</source>
        <translation>beschränkt, Freigabe von Hand</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>Revision</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>none named</source>
        <translation>keine genannt</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Zugang</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>Downloads</translation>
    </message>
    <message>
        <source>Likes</source>
        <translation>Likes</translation>
    </message>
    <message>
        <source>%1 (guessed)</source>
        <translation>%1 (vermutet)</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>comes with the program</source>
        <translation>gehört zum Programm</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Download</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n Token</numerusform>
            <numerusform>%n Token</numerusform>
        </translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Languages</source>
        <translation>Sprachen</translation>
    </message>
    <message>
        <source>gated</source>
        <translation>beschränkt</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Intended use</source>
        <translation>Zweck</translation>
    </message>
    <message>
        <source>Limitations</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>MT-Bench, 0 to 10</source>
        <translation>MT-Bench, 0 bis 10</translation>
    </message>
</context>
<context>
    <name>HubFiles</name>
    <message>
        <source>It has no .gguf or .nemo file. Look for one made from it by others.</source>
        <translation>Es hat keine .gguf- oder .nemo-Datei. Suchen Sie nach einer, die andere daraus gemacht haben.</translation>
    </message>
    <message numerus="yes">
        <source>and %n other files</source>
        <translation>
            <numerusform>und eine andere Datei</numerusform>
            <numerusform>und %n andere Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Download %1</source>
        <translation>%1 laden</translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n parts</source>
        <translation>
            <numerusform>%1 in %n Teil</numerusform>
            <numerusform>%1 in %n Teilen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HubPage</name>
    <message>
        <source>Words of a name, owner/name, or a link</source>
        <translation>Wörter eines Namens, Besitzer/Name oder ein Link</translation>
    </message>
    <message>
        <source>Search the hub</source>
        <translation>Den Hub durchsuchen</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>Repository</translation>
    </message>
    <message>
        <source>Access</source>
        <translation>Zugang</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>Downloads</translation>
    </message>
    <message>
        <source>What the hub has</source>
        <translation>Was der Hub hat</translation>
    </message>
    <message>
        <source>Try: steerlm</source>
        <translation>Zum Beispiel: steerlm</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Suche läuft …</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>The hub has no model of that name.</source>
        <translation>Der Hub hat kein Modell dieses Namens.</translation>
    </message>
    <message numerus="yes">
        <source>%n models</source>
        <translation>
            <numerusform>%n Modell</numerusform>
            <numerusform>%n Modelle</numerusform>
        </translation>
    </message>
    <message>
        <source>gated</source>
        <translation>beschränkt</translation>
    </message>
    <message>
        <source>open</source>
        <translation>frei</translation>
    </message>
</context>
<context>
    <name>Incoming</name>
    <message>
        <source>Not opened: %1. One model is opened at a time.</source>
        <translation>Nicht geöffnet: %1. Es wird ein Modell auf einmal geöffnet.</translation>
    </message>
    <message>
        <source>Not opened: %1. The program knows models and conversations.</source>
        <translation>Nicht geöffnet: %1. Das Programm kennt Modelle und Gespräche.</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>eine weitere</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Language</name>
    <message>
        <source>Arabic</source>
        <translation>Arabisch</translation>
    </message>
    <message>
        <source>Bulgarian</source>
        <translation>Bulgarisch</translation>
    </message>
    <message>
        <source>Bengali</source>
        <translation>Bengalisch</translation>
    </message>
    <message>
        <source>Catalan</source>
        <translation>Katalanisch</translation>
    </message>
    <message>
        <source>Czech</source>
        <translation>Tschechisch</translation>
    </message>
    <message>
        <source>Danish</source>
        <translation>Dänisch</translation>
    </message>
    <message>
        <source>German</source>
        <translation>Deutsch</translation>
    </message>
    <message>
        <source>Greek</source>
        <translation>Griechisch</translation>
    </message>
    <message>
        <source>English</source>
        <translation>Englisch</translation>
    </message>
    <message>
        <source>Esperanto</source>
        <translation>Esperanto</translation>
    </message>
    <message>
        <source>Spanish</source>
        <translation>Spanisch</translation>
    </message>
    <message>
        <source>Basque</source>
        <translation>Baskisch</translation>
    </message>
    <message>
        <source>Persian</source>
        <translation>Persisch</translation>
    </message>
    <message>
        <source>Finnish</source>
        <translation>Finnisch</translation>
    </message>
    <message>
        <source>French</source>
        <translation>Französisch</translation>
    </message>
    <message>
        <source>Galician</source>
        <translation>Galicisch</translation>
    </message>
    <message>
        <source>Hebrew</source>
        <translation>Hebräisch</translation>
    </message>
    <message>
        <source>Hungarian</source>
        <translation>Ungarisch</translation>
    </message>
    <message>
        <source>Indonesian</source>
        <translation>Indonesisch</translation>
    </message>
    <message>
        <source>Italian</source>
        <translation>Italienisch</translation>
    </message>
    <message>
        <source>Japanese</source>
        <translation>Japanisch</translation>
    </message>
    <message>
        <source>Korean</source>
        <translation>Koreanisch</translation>
    </message>
    <message>
        <source>Norwegian Bokmål</source>
        <translation>Norwegisch (Bokmål)</translation>
    </message>
    <message>
        <source>Dutch</source>
        <translation>Niederländisch</translation>
    </message>
    <message>
        <source>Polish</source>
        <translation>Polnisch</translation>
    </message>
    <message>
        <source>Portuguese</source>
        <translation>Portugiesisch</translation>
    </message>
    <message>
        <source>Romanian</source>
        <translation>Rumänisch</translation>
    </message>
    <message>
        <source>Russian</source>
        <translation>Russisch</translation>
    </message>
    <message>
        <source>Slovak</source>
        <translation>Slowakisch</translation>
    </message>
    <message>
        <source>Swedish</source>
        <translation>Schwedisch</translation>
    </message>
    <message>
        <source>Thai</source>
        <translation>Thailändisch</translation>
    </message>
    <message>
        <source>Turkish</source>
        <translation>Türkisch</translation>
    </message>
    <message>
        <source>Ukrainian</source>
        <translation>Ukrainisch</translation>
    </message>
    <message>
        <source>Vietnamese</source>
        <translation>Vietnamesisch</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>Chinesisch</translation>
    </message>
</context>
<context>
    <name>LanguageRow</name>
    <message>
        <source>Send the language</source>
        <translation>Sprache senden</translation>
    </message>
    <message>
        <source>Language of the reply</source>
        <translation>Sprache der Antwort</translation>
    </message>
    <message>
        <source>Named on the model card.</source>
        <translation>In der Modellbeschreibung genannt.</translation>
    </message>
    <message>
        <source>In the training labels, but not named on the model card.</source>
        <translation>In den Trainingsdaten, aber nicht in der Modellbeschreibung genannt.</translation>
    </message>
</context>
<context>
    <name>LastModel</name>
    <message>
        <source>The last time the program or its engine was ended in the midst of its work, with “%1” loaded, so that model was not loaded again by itself. Load it, or choose another.</source>
        <translation>Beim letzten Mal endete das Programm oder seine Engine mitten in der Arbeit, während „%1“ geladen war; das Modell wurde deshalb nicht von selbst wieder geladen. Laden Sie es, oder wählen Sie ein anderes.</translation>
    </message>
</context>
<context>
    <name>LicenceBox</name>
    <message>
        <source>Read it</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>I have read this licence and accept its terms</source>
        <translation>Ich habe die Lizenz gelesen und nehme sie an</translation>
    </message>
    <message>
        <source>no licence named</source>
        <translation>keine Lizenz genannt</translation>
    </message>
    <message>
        <source>This cannot be written down (%1), so it will be asked again next time.</source>
        <translation>Das lässt sich nicht speichern (%1) und wird beim nächsten Mal wieder gefragt.</translation>
    </message>
</context>
<context>
    <name>LicenceChoice</name>
    <message>
        <source>Licence of the checkpoint</source>
        <translation>Lizenz des Checkpoints</translation>
    </message>
    <message>
        <source>Read it…</source>
        <translation>Lesen …</translation>
    </message>
    <message>
        <source>I have read this licence and accept its terms</source>
        <translation>Ich habe die Lizenz gelesen und nehme sie an</translation>
    </message>
    <message>
        <source>The checkpoint says so itself.</source>
        <translation>So sagt es der Checkpoint selbst.</translation>
    </message>
    <message>
        <source>The checkpoint names none; models of its family have this one.</source>
        <translation>Der Checkpoint nennt keine; Modelle seiner Familie haben diese.</translation>
    </message>
    <message>
        <source>From the card of %1:</source>
        <translation>Aus der Karte von %1:</translation>
    </message>
</context>
<context>
    <name>Lint</name>
    <message>
        <source>No lang: the model then chooses the language itself.</source>
        <translation>Kein lang: Das Modell wählt die Sprache dann selbst.</translation>
    </message>
    <message>
        <source>These attributes are those of %1, not of %2.</source>
        <translation>Diese Attribute gehören zu %1, nicht zu %2.</translation>
    </message>
    <message>
        <source>Spaces in “%1”: the models were trained without any.</source>
        <translation>Leerzeichen in „%1“: Die Modelle wurden ohne trainiert.</translation>
    </message>
    <message>
        <source>“%1” is not of the form name:number.</source>
        <translation>„%1“ hat nicht die Form Name:Zahl.</translation>
    </message>
    <message>
        <source>%1 is given twice; the first one counts.</source>
        <translation>%1 steht zweimal da; das erste zählt.</translation>
    </message>
    <message>
        <source>%1 stands after %2; in training it came before.</source>
        <translation>%1 steht hinter %2; im Training stand es davor.</translation>
    </message>
    <message>
        <source>%1 takes a whole number, not “%2”.</source>
        <translation>%1 nimmt eine ganze Zahl, nicht „%2“.</translation>
    </message>
    <message>
        <source>%1 goes from %2 to %3, not to %4.</source>
        <translation>%1 geht von %2 bis %3, nicht bis %4.</translation>
    </message>
    <message>
        <source>“%1” is written %2.</source>
        <translation>„%1“ schreibt man %2.</translation>
    </message>
    <message>
        <source>“%1” is not a language code that the models know.</source>
        <translation>„%1“ ist kein Sprachcode, den die Modelle kennen.</translation>
    </message>
    <message>
        <source>“%1” is not a language code that the models know. Did you mean %2?</source>
        <translation>„%1“ ist kein Sprachcode, den die Modelle kennen. War %2 gemeint?</translation>
    </message>
    <message>
        <source>There is no attribute “%1”. Did you mean %2?</source>
        <translation>Es gibt kein Attribut „%1“. War %2 gemeint?</translation>
    </message>
    <message>
        <source>%1 has no attribute “%2”.</source>
        <translation>%1 hat kein Attribut „%2“.</translation>
    </message>
</context>
<context>
    <name>LintRow</name>
    <message>
        <source>Mend all</source>
        <translation>Alles beheben</translation>
    </message>
    <message>
        <source>(1 of {0})</source>
        <translation>(1 von {0})</translation>
    </message>
    <message>
        <source>Until then the sliders are what is sent.</source>
        <translation>Bis dahin wird gesendet, was die Regler sagen.</translation>
    </message>
    <message>
        <source>Switch to {0}</source>
        <translation>Zu {0} wechseln</translation>
    </message>
    <message>
        <source>Put in order</source>
        <translation>Ordnen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Add {0}</source>
        <translation>{0} hinzufügen</translation>
    </message>
    <message>
        <source>Make it {0}</source>
        <translation>In {0} ändern</translation>
    </message>
</context>
<context>
    <name>LocalPage</name>
    <message>
        <source>Filter by name, type, folder</source>
        <translation>Nach Name, Typ, Ort filtern</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attribute</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>Modelle auf diesem Rechner</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Ort</translation>
    </message>
    <message>
        <source>Looking through the disk…</source>
        <translation>Die Platte wird durchsucht …</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Datei wählen …</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Remove a folder</source>
        <translation>Ordner entfernen</translation>
    </message>
    <message numerus="yes">
        <source>%n models</source>
        <translation>
            <numerusform>%n Modell</numerusform>
            <numerusform>%n Modelle</numerusform>
        </translation>
    </message>
    <message>
        <source>Too many files to look at all of %1: add folders further down.</source>
        <translation>Zu viele Dateien, um ganz %1 anzusehen: Fügen Sie Ordner weiter unten hinzu.</translation>
    </message>
    <message>
        <source>with the program</source>
        <translation>im Programm</translation>
    </message>
    <message>
        <source>hub cache</source>
        <translation>Hub-Zwischenspeicher</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>opened before</source>
        <translation>früher geöffnet</translation>
    </message>
    <message>
        <source>cannot be used</source>
        <translation>nicht verwendbar</translation>
    </message>
    <message>
        <source>to be exported</source>
        <translation>zu exportieren</translation>
    </message>
    <message>
        <source>no SteerLM model</source>
        <translation>kein SteerLM-Modell</translation>
    </message>
    <message>
        <source>%1 (guessed)</source>
        <translation>%1 (vermutet)</translation>
    </message>
    <message>
        <source>A folder with models</source>
        <translation>Ein Ordner mit Modellen</translation>
    </message>
</context>
<context>
    <name>LoginRow</name>
    <message>
        <source>Not logged in</source>
        <translation>Nicht angemeldet</translation>
    </message>
    <message>
        <source>Token of your Hugging Face account (hf_…)</source>
        <translation>Token Ihres Hugging-Face-Kontos (hf_…)</translation>
    </message>
    <message>
        <source>Log in…</source>
        <translation>Anmelden …</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Asking the hub…</source>
        <translation>Anfrage beim Hub …</translation>
    </message>
    <message>
        <source>Logged in as %1</source>
        <translation>Angemeldet als %1</translation>
    </message>
    <message>
        <source>Another token…</source>
        <translation>Anderes Token …</translation>
    </message>
</context>
<context>
    <name>MemoryShortage</name>
    <message>
        <source>The system ended the engine because the memory ran out.</source>
        <translation>Das System hat die Engine beendet, weil der Speicher ausging.</translation>
    </message>
    <message>
        <source>The engine ended because the memory ran out.</source>
        <translation>Die Engine endete, weil der Speicher ausging.</translation>
    </message>
    <message>
        <source>The text so far is kept.</source>
        <translation>Der Text bis hierher bleibt erhalten.</translation>
    </message>
    <message>
        <source>The engine was killed, most likely because the memory ran out.</source>
        <translation>Die Engine wurde beendet, wahrscheinlich weil der Speicher ausging.</translation>
    </message>
    <message>
        <source>Load with %1 of %2 layers on the GPU</source>
        <translation>Mit %1 von %2 Schichten auf der GPU laden</translation>
    </message>
    <message>
        <source>Load with 8-bit keys and values</source>
        <translation>Mit Schlüsseln und Werten in 8 Bit laden</translation>
    </message>
    <message>
        <source>Load with a context of %1 tokens</source>
        <translation>Mit einem Kontext von %1 Token laden</translation>
    </message>
    <message>
        <source>A file in %1 would fit.</source>
        <translation>Eine Datei in %1 würde passen.</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model.</source>
        <translation>Schließen Sie andere Programme oder wählen Sie ein kleineres Modell.</translation>
    </message>
    <message>
        <source>“%1” with a context of %2 tokens needs %3 of memory, and %4 is free.</source>
        <translation>„%1“ braucht mit einem Kontext von %2 Token %3 Speicher, und %4 sind frei.</translation>
    </message>
    <message>
        <source>“%1” with a context of %2 tokens needs %3 of memory, and %4 is free now: another program may have held it for a while.</source>
        <translation>„%1“ braucht mit einem Kontext von %2 Token %3 Speicher, und %4 sind jetzt frei: Ein anderes Programm hat ihn vielleicht eine Weile belegt.</translation>
    </message>
</context>
<context>
    <name>ModelBrowser</name>
    <message>
        <source>Open model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Where to look</source>
        <translation>Wo gesucht wird</translation>
    </message>
    <message>
        <source>Choose a model to see what it is and whether it fits.</source>
        <translation>Wählen Sie ein Modell, um zu sehen, was es ist und ob es passt.</translation>
    </message>
    <message numerus="yes">
        <source>Downloads (%n)</source>
        <translation>
            <numerusform>Downloads (%n)</numerusform>
            <numerusform>Downloads (%n)</numerusform>
        </translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>Downloads</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>SteerLM models</source>
        <translation>SteerLM-Modelle</translation>
    </message>
    <message>
        <source>Hub</source>
        <translation>Hub</translation>
    </message>
</context>
<context>
    <name>ModelButton</name>
    <message>
        <source>Choose another model</source>
        <translation>Ein anderes Modell wählen</translation>
    </message>
</context>
<context>
    <name>ModelFiles</name>
    <message>
        <source>Open a model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Models and checkpoints (*.gguf *.nemo)</source>
        <translation>Modelle und Checkpoints (*.gguf *.nemo)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
</context>
<context>
    <name>Moving</name>
    <message>
        <source>The column was moved.</source>
        <translation>Die Spalte wurde verschoben.</translation>
    </message>
    <message>
        <source>The column is now %1 of %2.</source>
        <translation>Die Spalte ist jetzt die %1. von %2.</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Close this message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message>
        <source>Show the downloads</source>
        <translation>Downloads zeigen</translation>
    </message>
    <message>
        <source>Download finished</source>
        <translation>Download fertig</translation>
    </message>
    <message numerus="yes">
        <source>%n downloads</source>
        <translation>
            <numerusform>%n Download</numerusform>
            <numerusform>%n Downloads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unfinished downloads</source>
        <translation>
            <numerusform>%n unfertiger Download</numerusform>
            <numerusform>%n unfertige Downloads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>OutputChoice</name>
    <message>
        <source>Change…</source>
        <translation>Ändern …</translation>
    </message>
    <message>
        <source>Change the folder</source>
        <translation>Den Ordner ändern</translation>
    </message>
    <message>
        <source>Name of the model and beginning of the file names</source>
        <translation>Name des Modells und Anfang der Dateinamen</translation>
    </message>
    <message>
        <source>Choose a name without any of %1</source>
        <translation>Wählen Sie einen Namen ohne %1</translation>
    </message>
    <message>
        <source>This folder cannot be written to. Choose another.</source>
        <translation>In diesen Ordner kann nicht geschrieben werden. Wählen Sie einen anderen.</translation>
    </message>
    <message>
        <source>There is no room for that. Choose another folder or smaller types.</source>
        <translation>Dafür ist kein Platz. Wählen Sie einen anderen Ordner oder kleinere Typen.</translation>
    </message>
    <message>
        <source>%1 free.</source>
        <translation>%1 frei.</translation>
    </message>
    <message>
        <source>%1 needed,</source>
        <translation>%1 nötig,</translation>
    </message>
    <message>
        <source>Replaced will be: %1.</source>
        <translation>Ersetzt wird: %1.</translation>
    </message>
    <message>
        <source>Folder for the new files</source>
        <translation>Ordner für die neuen Dateien</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>Befehl eintippen</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>No command has these words in its name.</source>
        <translation>Kein Befehl hat diese Wörter im Namen.</translation>
    </message>
</context>
<context>
    <name>Preset</name>
    <message>
        <source>Default</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>What the model card recommends: the good at its best, nothing else.</source>
        <translation>Was die Modellbeschreibung empfiehlt: das Gute am höchsten, sonst nichts.</translation>
    </message>
    <message>
        <source>Concise expert</source>
        <translation>Knapper Experte</translation>
    </message>
    <message>
        <source>A short answer for someone who knows the field.</source>
        <translation>Eine kurze Antwort für jemanden vom Fach.</translation>
    </message>
    <message>
        <source>Explain to a child</source>
        <translation>Einem Kind erklären</translation>
    </message>
    <message>
        <source>Easy words, a little fun, some imagination.</source>
        <translation>Einfache Wörter, etwas Spaß, etwas Fantasie.</translation>
    </message>
    <message>
        <source>Playful</source>
        <translation>Verspielt</translation>
    </message>
    <message>
        <source>Jokes and unusual turns first, facts nevertheless.</source>
        <translation>Zuerst Witze und Wendungen, Fakten trotzdem.</translation>
    </message>
    <message>
        <source>Detailed tutor</source>
        <translation>Gründlicher Lehrer</translation>
    </message>
    <message>
        <source>Long and thorough, but in words a beginner follows.</source>
        <translation>Lang und gründlich, aber in Worten, denen Anfänger folgen.</translation>
    </message>
    <message>
        <source>Plain and short</source>
        <translation>Schlicht und kurz</translation>
    </message>
    <message>
        <source>One thought in easy words.</source>
        <translation>Ein Gedanke in einfachen Worten.</translation>
    </message>
    <message>
        <source>Storyteller</source>
        <translation>Geschichtenerzähler</translation>
    </message>
    <message>
        <source>Vivid and unconventional, in no hurry.</source>
        <translation>Lebhaft und eigenwillig, ohne Eile.</translation>
    </message>
</context>
<context>
    <name>PresetMenu</name>
    <message>
        <source>Presets</source>
        <translation>Vorlagen</translation>
    </message>
    <message>
        <source>Save changes</source>
        <translation>Änderungen speichern</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern unter …</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Umbenennen …</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren …</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>What differs</source>
        <translation>Was abweicht</translation>
    </message>
    <message>
        <source>Back to the preset&apos;s values</source>
        <translation>Zurück zu den Werten der Vorlage</translation>
    </message>
    <message>
        <source>{0} (imported)</source>
        <translation>{0} (importiert)</translation>
    </message>
    <message>
        <source>“{0}” comes with the program and stays as it is. Choose a new name.</source>
        <translation>„{0}“ gehört zum Programm und bleibt, wie es ist. Bitte einen neuen Namen wählen.</translation>
    </message>
    <message>
        <source>Replaced “{0}”.</source>
        <translation>„{0}“ wurde ersetzt.</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Speichern unter</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Umbenennen</translation>
    </message>
    <message>
        <source>Deleted “{0}”.</source>
        <translation>„{0}“ wurde gelöscht.</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>Name der Vorlage</translation>
    </message>
    <message>
        <source>Import a preset</source>
        <translation>Vorlage importieren</translation>
    </message>
    <message>
        <source>Export the preset</source>
        <translation>Vorlage exportieren</translation>
    </message>
    <message>
        <source>Presets (*.toml)</source>
        <translation>Vorlagen (*.toml)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>{0}: {1}, preset {2}</source>
        <translation>{0}: {1}, Vorlage {2}</translation>
    </message>
    <message>
        <source>Back to {0}</source>
        <translation>Zurück auf {0}</translation>
    </message>
</context>
<context>
    <name>PresetPicker</name>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Save, rename, delete, import, export presets</source>
        <translation>Vorlagen speichern, umbenennen, löschen, importieren, exportieren</translation>
    </message>
    <message>
        <source>More about presets</source>
        <translation>Mehr zu Vorlagen</translation>
    </message>
</context>
<context>
    <name>PromptText</name>
    <message>
        <source>Prompt as it is sent</source>
        <translation>Prompt, wie er gesendet wird</translation>
    </message>
</context>
<context>
    <name>PromptView</name>
    <message>
        <source>Show tokens</source>
        <translation>Token zeigen</translation>
    </message>
    <message>
        <source>Blank line after the system text</source>
        <translation>Leerzeile nach dem Systemtext</translation>
    </message>
    <message>
        <source>Newline after the control string</source>
        <translation>Zeilenumbruch nach der Steuerzeile</translation>
    </message>
    <message>
        <source>{0} tokens.</source>
        <translation>{0} Token.</translation>
    </message>
    <message>
        <source>{0} tokens, {1} of them cached; underlined is what is read anew.</source>
        <translation>{0} Token, davon {1} im Zwischenspeicher; unterstrichen ist, was neu gelesen wird.</translation>
    </message>
    <message>
        <source>1 look-alike of a control token: sent as text, it opens no turn.</source>
        <translation>1 Doppelgänger eines Steuertokens: als Text gesendet, er eröffnet keinen Zug.</translation>
    </message>
    <message numerus="yes">
        <source>%n look-alikes of control tokens: sent as text, none opens a turn.</source>
        <translation>
            <numerusform>%n Doppelgänger eines Steuertokens: als Text gesendet, er eröffnet keinen Zug.</numerusform>
            <numerusform>%n Doppelgänger von Steuertoken: als Text gesendet, keiner eröffnet einen Zug.</numerusform>
        </translation>
    </message>
    <message>
        <source>As the model was trained.</source>
        <translation>So, wie das Modell trainiert wurde.</translation>
    </message>
    <message>
        <source>Not as the model was trained: prompts are sent so all the same.</source>
        <translation>Nicht, wie das Modell trainiert wurde: Prompts werden trotzdem so gesendet.</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
</context>
<context>
    <name>Prompting</name>
    <message>
        <source>What Send would send now</source>
        <translation>Was Senden jetzt senden würde</translation>
    </message>
    <message>
        <source>What Re-steer would send now</source>
        <translation>Was „Neu steuern“ jetzt senden würde</translation>
    </message>
</context>
<context>
    <name>Question</name>
    <message>
        <source>A part of the program could not be started.</source>
        <translation>Ein Teil des Programms konnte nicht gestartet werden.</translation>
    </message>
    <message>
        <source>The look-up</source>
        <translation>Die Abfrage</translation>
    </message>
</context>
<context>
    <name>ReplyMarks</name>
    <message>
        <source>A good reply</source>
        <translation>Eine gute Antwort</translation>
    </message>
    <message>
        <source>A bad reply</source>
        <translation>Eine schlechte Antwort</translation>
    </message>
    <message>
        <source>A note on this reply</source>
        <translation>Eine Notiz zu dieser Antwort</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Go on with this reply; the others stay as versions</source>
        <translation>Mit dieser Antwort weitermachen; die anderen bleiben als Fassungen</translation>
    </message>
    <message>
        <source>Kept: it goes on from here, and into training data. Click to take it back</source>
        <translation>Behalten: Hier geht es weiter, und sie geht in Trainingsdaten. Ein Klick nimmt es zurück</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Note on this reply</source>
        <translation>Notiz zu dieser Antwort</translation>
    </message>
</context>
<context>
    <name>ReplyMenu</name>
    <message>
        <source>Copy the exact prompt</source>
        <translation>Den genauen Prompt kopieren</translation>
    </message>
    <message>
        <source>Copy as curl for llama-server</source>
        <translation>Als curl für llama-server kopieren</translation>
    </message>
    <message>
        <source>Copy as Python for llama-cpp-python</source>
        <translation>Als Python für llama-cpp-python kopieren</translation>
    </message>
    <message>
        <source>Copy as a request to NeMo</source>
        <translation>Als Anfrage an NeMo kopieren</translation>
    </message>
    <message>
        <source>More to copy of this reply</source>
        <translation>Mehr von dieser Antwort kopieren</translation>
    </message>
</context>
<context>
    <name>ReplyNote</name>
    <message>
        <source>Cut off at %1 tokens, the most that Sampling allows.</source>
        <translation>Abgeschnitten nach %1 Token, mehr erlaubt das Sampling nicht.</translation>
    </message>
    <message>
        <source>Reading the prompt…</source>
        <translation>Prompt wird gelesen …</translation>
    </message>
    <message>
        <source>The model gave an empty reply.</source>
        <translation>Das Modell gab eine leere Antwort.</translation>
    </message>
    <message>
        <source>Cut off: the model&apos;s context is full.</source>
        <translation>Abgeschnitten: Der Kontext des Modells ist voll.</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>Angehalten.</translation>
    </message>
    <message>
        <source>Cut off: the server was lost.</source>
        <translation>Abgebrochen: Der Server ging verloren.</translation>
    </message>
    <message>
        <source>The server refused this prompt.</source>
        <translation>Der Server hat diesen Prompt abgelehnt.</translation>
    </message>
    <message>
        <source>The engine ended before the reply did.</source>
        <translation>Die Engine endete vor der Antwort.</translation>
    </message>
    <message>
        <source>Cut off: the program ended before the reply did.</source>
        <translation>Abgebrochen: Das Programm endete vor der Antwort.</translation>
    </message>
    <message>
        <source>The file could not be read at this place.</source>
        <translation>Die Datei war an dieser Stelle nicht zu lesen.</translation>
    </message>
    <message>
        <source>This question came without a reply.</source>
        <translation>Diese Frage kam ohne Antwort.</translation>
    </message>
    <message>
        <source> or </source>
        <translation> oder </translation>
    </message>
    <message>
        <source>%1 was asked for (lang:%2), but this reads like %3.</source>
        <translation>Verlangt war %1 (lang:%2), aber dies liest sich wie %3.</translation>
    </message>
</context>
<context>
    <name>ReplyView</name>
    <message>
        <source>Question</source>
        <translation>Frage</translation>
    </message>
    <message>
        <source>Answer under another setting, as a branch</source>
        <translation>Unter anderer Einstellung antworten, als Zweig</translation>
    </message>
    <message>
        <source>Previous version (Alt+Left)</source>
        <translation>Vorige Fassung (Alt+Links)</translation>
    </message>
    <message>
        <source>Next version (Alt+Right)</source>
        <translation>Nächste Fassung (Alt+Rechts)</translation>
    </message>
    <message>
        <source>Copy the reply</source>
        <translation>Antwort kopieren</translation>
    </message>
    <message>
        <source>Answer again with a new seed</source>
        <translation>Mit neuem Seed neu antworten</translation>
    </message>
    <message>
        <source>Edit the question and ask anew, as a branch</source>
        <translation>Frage bearbeiten und neu stellen, als Zweig</translation>
    </message>
    <message>
        <source>How the reply was made</source>
        <translation>Wie die Antwort entstand</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Delete this question and what follows</source>
        <translation>Diese Frage und alles Folgende löschen</translation>
    </message>
    <message>
        <source>Delete this version</source>
        <translation>Diese Fassung löschen</translation>
    </message>
    <message>
        <source>Re-steer</source>
        <translation>Neu steuern</translation>
    </message>
    <message>
        <source>The same question under the sliders as they are now</source>
        <translation>Dieselbe Frage unter den Reglern, wie sie jetzt stehen</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>Assistent</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Ich</translation>
    </message>
</context>
<context>
    <name>SamplingPanel</name>
    <message>
        <source>Sampling</source>
        <translation>Sampling</translation>
    </message>
    <message>
        <source>%1 · seed %2</source>
        <translation>%1 · Seed %2</translation>
    </message>
    <message>
        <source>own</source>
        <translation>eigenes</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>Vorlage</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation>Wiederholungsstrafe</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Most tokens</source>
        <translation>Höchstens Token</translation>
    </message>
    <message>
        <source>Sampling preset: those of NeMo&apos;s web demo, and the demo&apos;s own</source>
        <translation>Sampling-Vorlage: die aus NeMos Webdemo und die eigene der Demo</translation>
    </message>
    <message>
        <source>Temperature: 0 always takes the likeliest token</source>
        <translation>Temperatur: 0 nimmt immer das wahrscheinlichste Token</translation>
    </message>
    <message>
        <source>top_k: only the k likeliest tokens; 0 is all, 1 is greedy</source>
        <translation>top_k: nur die k wahrscheinlichsten Token; 0 sind alle, 1 nur das erste</translation>
    </message>
    <message>
        <source>top_p: only the likeliest tokens that add up to p</source>
        <translation>top_p: nur die wahrscheinlichsten Token, die zusammen p ergeben</translation>
    </message>
    <message>
        <source>min_p: only tokens at least this likely beside the likeliest</source>
        <translation>min_p: nur Token, die im Vergleich zum wahrscheinlichsten mindestens so wahrscheinlich sind</translation>
    </message>
    <message>
        <source>Repeat penalty: 1 is none</source>
        <translation>Wiederholungsstrafe: 1 heißt keine</translation>
    </message>
    <message>
        <source>Seed: the same seed and settings give the same text</source>
        <translation>Seed: Gleicher Seed und gleiche Einstellungen geben denselben Text</translation>
    </message>
    <message>
        <source>The most tokens of one reply</source>
        <translation>Die meisten Token einer Antwort</translation>
    </message>
    <message>
        <source>Draw a new seed</source>
        <translation>Neuen Seed ziehen</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>adapt to the load</source>
        <translation>nach der Auslastung</translation>
    </message>
    <message>
        <source>as the model</source>
        <translation>wie das Modell</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Token</translation>
    </message>
    <message>
        <source>16 bits</source>
        <translation>16 Bit</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 Bit</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source> minutes without use</source>
        <translation> Minuten ohne Nutzung</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>Schriftgröße</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Erscheinungsbild</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Send a prompt with</source>
        <translation>Prompt senden mit</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU-Threads</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Keys and values</source>
        <translation>Schlüssel und Werte</translation>
    </message>
    <message>
        <source>Unload the model after</source>
        <translation>Modell entladen nach</translation>
    </message>
    <message>
        <source>Another context, or keys and values kept otherwise, takes effect when the engine starts again. A model may be opened with its own (Open model).</source>
        <translation>Ein anderer Kontext oder anders gehaltene Schlüssel und Werte gelten, sobald die Engine neu startet. Ein Modell kann mit eigenen geöffnet werden (Modell öffnen).</translation>
    </message>
    <message>
        <source>Another language takes effect at the next start.</source>
        <translation>Eine andere Sprache gilt ab dem nächsten Start.</translation>
    </message>
</context>
<context>
    <name>Shelving</name>
    <message>
        <source>Nothing was found.</source>
        <translation>Nichts gefunden.</translation>
    </message>
</context>
<context>
    <name>Split</name>
    <message>
        <source>Weights; all at 0: as their free memory allows.</source>
        <translation>Gewichte; alle auf 0: wie es ihr freier Speicher erlaubt.</translation>
    </message>
    <message>
        <source>Weight of %1</source>
        <translation>Gewicht von %1</translation>
    </message>
</context>
<context>
    <name>StartCard</name>
    <message>
        <source>Each column asks the same question under settings of its own. Select a column and move the sliders: its header says what differs from the first one.</source>
        <translation>Jede Spalte stellt dieselbe Frage unter eigenen Einstellungen. Eine Spalte wählen und die Regler bewegen: Ihr Kopf sagt, was von der ersten abweicht.</translation>
    </message>
    <message>
        <source>Type once, see what each slider does</source>
        <translation>Einmal tippen, sehen, was jeder Regler tut</translation>
    </message>
</context>
<context>
    <name>Starts</name>
    <message>
        <source>Humor 0, 2 and 4</source>
        <translation>Humor 0, 2 und 4</translation>
    </message>
    <message>
        <source>Verbosity 4, 2 and 0</source>
        <translation>Verbosity 4, 2 und 0</translation>
    </message>
    <message>
        <source>Complexity 0 and 4</source>
        <translation>Complexity 0 und 4</translation>
    </message>
    <message>
        <source>English and German</source>
        <translation>Englisch und Deutsch</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>No model</source>
        <translation>Kein Modell</translation>
    </message>
    <message>
        <source>%1 was unloaded; the next question loads it again</source>
        <translation>%1 wurde entladen; die nächste Frage lädt es wieder</translation>
    </message>
    <message>
        <source>Preparing %1</source>
        <translation>%1 wird vorbereitet</translation>
    </message>
    <message>
        <source>Loading %1</source>
        <translation>%1 wird geladen</translation>
    </message>
    <message>
        <source>%1 was not loaded</source>
        <translation>%1 wurde nicht geladen</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>Seed %1</translation>
    </message>
    <message>
        <source>reading prompt</source>
        <translation>liest den Prompt</translation>
    </message>
    <message>
        <source>reading %1 / %2</source>
        <translation>liest %1 / %2</translation>
    </message>
    <message>
        <source>gen %1 t/s</source>
        <translation>Gen. %1 T/s</translation>
    </message>
    <message>
        <source>prompt %1 t/s</source>
        <translation>Prompt %1 T/s</translation>
    </message>
    <message>
        <source>on %1</source>
        <translation>auf %1</translation>
    </message>
    <message>
        <source>CPU, no GPU found</source>
        <translation>CPU, keine GPU gefunden</translation>
    </message>
    <message>
        <source>%1/%2 layers on %3</source>
        <translation>%1/%2 Schichten auf %3</translation>
    </message>
    <message numerus="yes">
        <source>%n threads</source>
        <translation>
            <numerusform>%n Thread</numerusform>
            <numerusform>%n Threads</numerusform>
        </translation>
    </message>
    <message>
        <source>context %1 / %2</source>
        <translation>Kontext %1 / %2</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>Stop loading</source>
        <translation>Laden abbrechen</translation>
    </message>
</context>
<context>
    <name>SteerMenu</name>
    <message>
        <source>Answer under another setting</source>
        <translation>Unter anderer Einstellung antworten</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Style</source>
        <translation>Stil</translation>
    </message>
    <message>
        <source>Safety</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Set the sliders to these values</source>
        <translation>Regler auf diese Werte stellen</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>weggelassen</translation>
    </message>
</context>
<context>
    <name>SteeringChange</name>
    <message numerus="yes">
        <source>%n values</source>
        <translation>
            <numerusform>%n Wert</numerusform>
            <numerusform>%n Werte</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SteeringPanel</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Steering</source>
        <translation>Steuerung</translation>
    </message>
    <message>
        <source>family</source>
        <translation>Familie</translation>
    </message>
</context>
<context>
    <name>StoreNotes</name>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>Anderen Ordner wählen …</translation>
    </message>
    <message>
        <source>Where the conversations are kept</source>
        <translation>Wo die Gespräche aufbewahrt werden</translation>
    </message>
    <message>
        <source>There is a file of conversations in %1 already. Choose a folder without one.</source>
        <translation>In %1 liegt schon eine Datei mit Gesprächen. Wählen Sie einen Ordner ohne eine.</translation>
    </message>
</context>
<context>
    <name>Strip</name>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
</context>
<context>
    <name>SweepExport</name>
    <message>
        <source>Page (HTML)…</source>
        <translation>Seite (HTML)…</translation>
    </message>
    <message>
        <source>Table (CSV)…</source>
        <translation>Tabelle (CSV)…</translation>
    </message>
    <message>
        <source>Picture (PNG)…</source>
        <translation>Bild (PNG)…</translation>
    </message>
    <message>
        <source>The picture cannot be written to %1.</source>
        <translation>Das Bild kann nicht nach %1 geschrieben werden.</translation>
    </message>
    <message>
        <source>Export the sweep</source>
        <translation>Durchlauf exportieren</translation>
    </message>
</context>
<context>
    <name>SweepGrid</name>
    <message>
        <source>Cells</source>
        <translation>Zellen</translation>
    </message>
</context>
<context>
    <name>SweepPage</name>
    <message>
        <source>Across</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Type a question below: each cell answers it, all with one seed.</source>
        <translation>Unten eine Frage eingeben: jede Zelle beantwortet sie, alle mit einem Seed.</translation>
    </message>
    <message>
        <source>Each cell answers the question anew, all with one seed.</source>
        <translation>Jede Zelle beantwortet die Frage neu, alle mit einem Seed.</translation>
    </message>
    <message numerus="yes">
        <source>Finish %n cells</source>
        <translation>
            <numerusform>%n Zelle fertigstellen</numerusform>
            <numerusform>%n Zellen fertigstellen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n Wort</numerusform>
            <numerusform>%n Wörter</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 % changed</source>
        <translation>%1 % anders</translation>
    </message>
    <message numerus="yes">
        <source>Run %n cells</source>
        <translation>
            <numerusform>%n Zelle ausführen</numerusform>
            <numerusform>%n Zellen ausführen</numerusform>
        </translation>
    </message>
    <message>
        <source>at most</source>
        <translation>höchstens</translation>
    </message>
    <message>
        <source>bars show</source>
        <translation>Balken</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> Tokens</translation>
    </message>
    <message>
        <source>The most tokens of a cell</source>
        <translation>Höchstzahl der Tokens einer Zelle</translation>
    </message>
    <message>
        <source>length</source>
        <translation>Länge</translation>
    </message>
    <message>
        <source>difference to the centre</source>
        <translation>Unterschied zur Mitte</translation>
    </message>
    <message>
        <source>readability (LIX)</source>
        <translation>Lesbarkeit (LIX)</translation>
    </message>
    <message>
        <source>variety (distinct-2)</source>
        <translation>Vielfalt (distinct-2)</translation>
    </message>
    <message>
        <source>What the bars show</source>
        <translation>Was die Balken zeigen</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>Frühere</translation>
    </message>
    <message>
        <source>Go back to a sweep that was made here before</source>
        <translation>Zu einem Durchlauf zurückgehen, der hier schon gemacht wurde</translation>
    </message>
    <message>
        <source>Earlier sweeps</source>
        <translation>Frühere Durchläufe</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Save the sweep as a page, a table or a picture</source>
        <translation>Den Durchlauf als Seite, Tabelle oder Bild sichern</translation>
    </message>
    <message>
        <source>Export the sweep</source>
        <translation>Durchlauf exportieren</translation>
    </message>
</context>
<context>
    <name>SystemPrompt</name>
    <message>
        <source>Edit the system text of this conversation</source>
        <translation>Systemtext dieses Gesprächs bearbeiten</translation>
    </message>
    <message>
        <source>System text</source>
        <translation>Systemtext</translation>
    </message>
    <message>
        <source>No system text</source>
        <translation>Kein Systemtext</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
</context>
<context>
    <name>TextFiles</name>
    <message>
        <source>“%1” is larger than %2 KB; paste the part that matters.</source>
        <translation>„%1“ ist größer als %2 KB; bitte nur den wichtigen Teil einfügen.</translation>
    </message>
    <message>
        <source>“%1” cannot be read: %2.</source>
        <translation>„%1“ kann nicht gelesen werden: %2.</translation>
    </message>
    <message>
        <source>“%1” is not a text file in UTF-8; save it as such first.</source>
        <translation>„%1“ ist keine Textdatei in UTF-8; bitte zuerst so speichern.</translation>
    </message>
    <message>
        <source>“%1” is not a text file; drop one with plain text.</source>
        <translation>„%1“ ist keine Textdatei; bitte eine mit reinem Text ablegen.</translation>
    </message>
</context>
<context>
    <name>ThroughputChart</name>
    <message>
        <source>Tokens per second show here while the model answers.</source>
        <translation>Während das Modell antwortet, stehen hier die Token pro Sekunde.</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
</context>
<context>
    <name>ThroughputLegend</name>
    <message>
        <source>Runs in the plot</source>
        <translation>Läufe im Bild</translation>
    </message>
</context>
<context>
    <name>ThroughputNumbers</name>
    <message>
        <source>{0} tokens</source>
        <translation>{0} Token</translation>
    </message>
    <message>
        <source>{0} on average</source>
        <translation>im Mittel {0}</translation>
    </message>
    <message>
        <source>between {0}</source>
        <translation>zwischen {0}</translation>
    </message>
    <message>
        <source>prompt at {0}</source>
        <translation>Prompt mit {0}</translation>
    </message>
    <message>
        <source>first token after {0}</source>
        <translation>erstes Token nach {0}</translation>
    </message>
    <message>
        <source>{0} prompt tokens reused</source>
        <translation>{0} Prompt-Token wiederverwendet</translation>
    </message>
    <message>
        <source>Run {0}</source>
        <translation>Lauf {0}</translation>
    </message>
    <message>
        <source>{0} and {1}</source>
        <translation>{0} und {1}</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>Prompt</translation>
    </message>
    <message>
        <source>first token</source>
        <translation>1. Token</translation>
    </message>
    <message>
        <source>reused</source>
        <translation>wiederverw.</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>{0} t/s</source>
        <translation>{0} T/s</translation>
    </message>
    <message>
        <source>{0} ms</source>
        <translation>{0} ms</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
</context>
<context>
    <name>ThroughputPlot</name>
    <message>
        <source>The picture cannot be written to {0}.</source>
        <translation>Das Bild kann nicht nach {0} geschrieben werden.</translation>
    </message>
    <message>
        <source>run {0}</source>
        <translation>Lauf {0}</translation>
    </message>
    <message>
        <source>{0} at {1} s</source>
        <translation>{0} bei {1} s</translation>
    </message>
    <message>
        <source>Pause the plot</source>
        <translation>Bild anhalten</translation>
    </message>
    <message>
        <source>Copy throughput as text</source>
        <translation>Durchsatz als Text kopieren</translation>
    </message>
    <message>
        <source>Save throughput as PNG…</source>
        <translation>Durchsatz als PNG speichern …</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Save throughput as CSV…</source>
        <translation>Durchsatz als CSV speichern …</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tabellen (*.csv)</translation>
    </message>
    <message>
        <source>Save throughput</source>
        <translation>Durchsatz speichern</translation>
    </message>
    <message>
        <source>Tokens per second</source>
        <translation>Token pro Sekunde</translation>
    </message>
    <message>
        <source>Tokens per second, over seconds since the first token</source>
        <translation>Token pro Sekunde, über die Sekunden seit dem ersten Token</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>New conversation</source>
        <translation>Neues Gespräch</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>Modell wählen</translation>
    </message>
    <message>
        <source>Model: %1</source>
        <translation>Modell: %1</translation>
    </message>
    <message>
        <source>no model</source>
        <translation>kein Modell</translation>
    </message>
    <message>
        <source>loading</source>
        <translation>lädt</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>schreibt</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>beendet</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>%1 of 2</source>
        <translation>%1 von 2</translation>
    </message>
    <message>
        <source>Ask: press one of the samples, or type a question and press Enter.</source>
        <translation>Fragen: ein Beispiel anklicken, oder tippen und Enter drücken.</translation>
    </message>
    <message>
        <source>Steer: move a slider on the right, then press Ctrl+Enter. The same question is answered anew, and both answers stay.</source>
        <translation>Steuern: rechts einen Regler bewegen, dann Strg+Enter drücken. Dieselbe Frage wird neu beantwortet, und beide Antworten bleiben.</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
</context>
<context>
    <name>Transcript</name>
    <message>
        <source>Show earlier turns (%1)</source>
        <translation>Frühere Züge zeigen (%1)</translation>
    </message>
    <message>
        <source>Transcript</source>
        <translation>Verlauf</translation>
    </message>
</context>
<context>
    <name>TranscriptExportDialog</name>
    <message>
        <source>Export transcript</source>
        <translation>Gespräch exportieren</translation>
    </message>
    <message>
        <source>The export</source>
        <translation>Der Export</translation>
    </message>
    <message>
        <source>Show in its folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Cancel the export</source>
        <translation>Export abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>%1 was written: %2.</source>
        <translation>%1 wurde geschrieben: %2.</translation>
    </message>
    <message>
        <source>Cancelled; no file was written.</source>
        <translation>Abgebrochen; keine Datei wurde geschrieben.</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Wählen Sie eine Datei.</translation>
    </message>
    <message>
        <source>This window may be closed: the export goes on.</source>
        <translation>Dieses Fenster darf geschlossen werden: Der Export läuft weiter.</translation>
    </message>
    <message>
        <source>This file is there and will be replaced, once the new one is whole.</source>
        <translation>Diese Datei gibt es; sie wird ersetzt, sobald die neue vollständig ist.</translation>
    </message>
    <message>
        <source>Progress of the export</source>
        <translation>Fortschritt des Exports</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Vorschau</translation>
    </message>
    <message>
        <source>Replies and labels</source>
        <translation>Antworten und Labels</translation>
    </message>
</context>
<context>
    <name>TranscriptForm</name>
    <message>
        <source>Two newlines after the system text</source>
        <translation>Zwei Zeilenumbrüche nach dem Systemtext</translation>
    </message>
    <message>
        <source>As NeMo wrote its data before 2024</source>
        <translation>Wie NeMo seine Daten vor 2024 schrieb</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>This conversation</source>
        <translation>Dieses Gespräch</translation>
    </message>
    <message numerus="yes">
        <source>%n selected conversations</source>
        <translation>
            <numerusform>%n gewähltes Gespräch</numerusform>
            <numerusform>%n gewählte Gespräche</numerusform>
        </translation>
    </message>
    <message>
        <source>All conversations</source>
        <translation>Alle Gespräche</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>All on the open path</source>
        <translation>Alle auf dem offenen Weg</translation>
    </message>
    <message>
        <source>Kept or voted up</source>
        <translation>Behaltene oder gute</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Voted up</source>
        <translation>Gute</translation>
    </message>
    <message>
        <source>Chosen one by one</source>
        <translation>Einzeln gewählte</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>HTML page</source>
        <translation>HTML-Seite</translation>
    </message>
    <message>
        <source>PDF</source>
        <translation>PDF</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>Reiner Text</translation>
    </message>
    <message>
        <source>SteerLM Studio JSON, without loss</source>
        <translation>SteerLM-Studio-JSON, verlustfrei</translation>
    </message>
    <message>
        <source>Messages (OpenAI), JSON lines</source>
        <translation>Nachrichten (OpenAI), JSON-Zeilen</translation>
    </message>
    <message>
        <source>SteerLM training data</source>
        <translation>SteerLM-Trainingsdaten</translation>
    </message>
    <message>
        <source>Attribute regression data</source>
        <translation>Daten für Attribut-Regression</translation>
    </message>
    <message>
        <source>ShareGPT</source>
        <translation>ShareGPT</translation>
    </message>
    <message>
        <source>Table of replies (CSV)</source>
        <translation>Tabelle der Antworten (CSV)</translation>
    </message>
    <message>
        <source>System text</source>
        <translation>Systemtext</translation>
    </message>
    <message>
        <source>Control strings</source>
        <translation>Steuerzeilen</translation>
    </message>
    <message>
        <source>Settings of each reply</source>
        <translation>Einstellungen jeder Antwort</translation>
    </message>
    <message>
        <source>Versions side by side</source>
        <translation>Fassungen nebeneinander</translation>
    </message>
    <message>
        <source>Branches that were left</source>
        <translation>Verlassene Zweige</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Which</source>
        <translation>Welche</translation>
    </message>
    <message>
        <source>Replies</source>
        <translation>Antworten</translation>
    </message>
    <message>
        <source>With</source>
        <translation>Mit</translation>
    </message>
</context>
<context>
    <name>TranscriptImportDialog</name>
    <message>
        <source>Import transcripts</source>
        <translation>Gespräche importieren</translation>
    </message>
    <message>
        <source>The import</source>
        <translation>Der Import</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien hinzufügen …</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Import all the others</source>
        <translation>Alle anderen importieren</translation>
    </message>
    <message>
        <source>Cancel the import</source>
        <translation>Import abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Transcripts to import</source>
        <translation>Gespräche zum Importieren</translation>
    </message>
    <message>
        <source>Transcripts (*.json *.jsonl)</source>
        <translation>Gespräche (*.json *.jsonl)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>nicht vorhanden</translation>
    </message>
    <message>
        <source>Conversations are not kept on the disk now, so nothing can be imported to stay. Mend what the first message said, and start the program again.</source>
        <translation>Gespräche werden gerade nicht auf der Platte behalten, ein Import bliebe also nicht. Beheben Sie, was die erste Meldung sagte, und starten Sie das Programm neu.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message>
        <source>Cancelled; nothing was imported.</source>
        <translation>Abgebrochen; nichts wurde importiert.</translation>
    </message>
    <message>
        <source>Files to import</source>
        <translation>Zu importierende Dateien</translation>
    </message>
    <message>
        <source>Progress of the import</source>
        <translation>Fortschritt des Imports</translation>
    </message>
    <message>
        <source>Known by their content: this program&apos;s JSON, SteerLM, HelpSteer and Open-Assistant data, OpenAI messages, ShareGPT, LM Studio and Open WebUI. Files can be dropped here, too.</source>
        <translation>Am Inhalt erkannt werden: das JSON dieses Programms, Daten von SteerLM, HelpSteer und Open-Assistant, OpenAI-Nachrichten, ShareGPT, LM Studio und Open WebUI. Dateien können auch hierher gezogen werden.</translation>
    </message>
</context>
<context>
    <name>TranscriptPreview</name>
    <message>
        <source>Beginning of the file</source>
        <translation>Anfang der Datei</translation>
    </message>
    <message>
        <source>First page</source>
        <translation>Erste Seite</translation>
    </message>
    <message>
        <source>Nothing so far: no reply here is what “Replies” asks for.</source>
        <translation>Noch nichts: Keine Antwort hier ist, was „Antworten“ verlangt.</translation>
    </message>
</context>
<context>
    <name>TranscriptReplies</name>
    <message>
        <source>Correct the label</source>
        <translation>Label berichtigen</translation>
    </message>
    <message>
        <source>As it was steered</source>
        <translation>Wie sie gesteuert war</translation>
    </message>
    <message>
        <source>The first %1 are listed; the others go out with the labels they have.</source>
        <translation>Die ersten %1 sind aufgeführt; die anderen gehen mit ihren Labels hinaus.</translation>
    </message>
    <message>
        <source>Reply</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Marks</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>Label</translation>
    </message>
    <message>
        <source>Replies and their labels</source>
        <translation>Antworten und ihre Labels</translation>
    </message>
    <message>
        <source>Attribute to correct</source>
        <translation>Zu berichtigendes Attribut</translation>
    </message>
    <message>
        <source>What it really is</source>
        <translation>Was sie in Wahrheit ist</translation>
    </message>
    <message>
        <source>This reply is really</source>
        <translation>Diese Antwort ist in Wahrheit</translation>
    </message>
</context>
<context>
    <name>TranscriptReport</name>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What was not understood</source>
        <translation>Was nicht verstanden wurde</translation>
    </message>
    <message numerus="yes">
        <source>Nothing was imported: %n entries could not be understood.</source>
        <translation>
            <numerusform>Nichts wurde importiert: %n Eintrag wurde nicht verstanden.</numerusform>
            <numerusform>Nichts wurde importiert: %n Einträge wurden nicht verstanden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversations</source>
        <translation>
            <numerusform>%n Gespräch</numerusform>
            <numerusform>%n Gespräche</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n turns</source>
        <translation>
            <numerusform>%n Runde</numerusform>
            <numerusform>%n Runden</numerusform>
        </translation>
    </message>
    <message>
        <source>Imported: %1 with %2.</source>
        <translation>Importiert: %1 mit %2.</translation>
    </message>
    <message numerus="yes">
        <source>%n entries could not be understood and were left out.</source>
        <translation>
            <numerusform>%n Eintrag wurde nicht verstanden und ausgelassen.</numerusform>
            <numerusform>%n Einträge wurden nicht verstanden und ausgelassen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Mend the file, or import all the others.</source>
        <translation>Bessern Sie die Datei aus, oder importieren Sie alle anderen.</translation>
    </message>
    <message>
        <source>Parts that are no text were left out, each with a note.</source>
        <translation>Teile, die kein Text sind, wurden ausgelassen, jeder mit einem Hinweis.</translation>
    </message>
    <message>
        <source>not understood</source>
        <translation>nicht verstanden</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Hinweis</translation>
    </message>
</context>
<context>
    <name>Transcripts</name>
    <message>
        <source>transcripts</source>
        <translation>gespraeche</translation>
    </message>
</context>
<context>
    <name>Transferring</name>
    <message>
        <source>There is nothing yet to copy: ask something first.</source>
        <translation>Es gibt noch nichts zu kopieren: Fragen Sie erst etwas.</translation>
    </message>
</context>
<context>
    <name>TreeDialog</name>
    <message>
        <source>Versions of the conversation</source>
        <translation>Fassungen des Gesprächs</translation>
    </message>
    <message>
        <source>Continue from here</source>
        <translation>Von hier an weiter</translation>
    </message>
    <message>
        <source>Delete this version</source>
        <translation>Diese Fassung löschen</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>Runde</translation>
    </message>
    <message>
        <source>Told otherwise</source>
        <translation>Anders gesagt</translation>
    </message>
    <message>
        <source>Turns and their versions</source>
        <translation>Runden und ihre Fassungen</translation>
    </message>
    <message>
        <source>In bold: what is shown. Enter goes on from a turn.</source>
        <translation>Fett: was gezeigt wird. Die Eingabetaste geht von einer Runde an weiter.</translation>
    </message>
</context>
<context>
    <name>TypeChoice</name>
    <message>
        <source>fits the GPU</source>
        <translation>passt auf die GPU</translation>
    </message>
    <message>
        <source>partly on the GPU</source>
        <translation>zum Teil auf der GPU</translation>
    </message>
    <message>
        <source>fits the memory</source>
        <translation>passt in den Speicher</translation>
    </message>
    <message>
        <source>larger than this memory</source>
        <translation>größer als der Speicher</translation>
    </message>
    <message>
        <source>With a conversation %1; this machine has %2 of memory%3.</source>
        <translation>Mit einem Gespräch %1; dieser Rechner hat %2 Speicher%3.</translation>
    </message>
    <message>
        <source> and %1 on %2</source>
        <translation> und %1 auf %2</translation>
    </message>
    <message>
        <source>exact, for comparing</source>
        <translation>genau, zum Vergleichen</translation>
    </message>
    <message>
        <source>full precision</source>
        <translation>volle Genauigkeit</translation>
    </message>
    <message>
        <source>can overflow on a GPU; BF16 cannot</source>
        <translation>kann auf einer GPU überlaufen; BF16 nicht</translation>
    </message>
    <message>
        <source>hardly to be told from full precision</source>
        <translation>kaum von voller Genauigkeit zu unterscheiden</translation>
    </message>
    <message>
        <source>very good</source>
        <translation>sehr gut</translation>
    </message>
    <message>
        <source>good</source>
        <translation>gut</translation>
    </message>
    <message>
        <source>good, a little smaller</source>
        <translation>gut, etwas kleiner</translation>
    </message>
    <message>
        <source>the usual choice</source>
        <translation>die übliche Wahl</translation>
    </message>
    <message>
        <source>a little smaller</source>
        <translation>etwas kleiner</translation>
    </message>
    <message>
        <source>simple and quick</source>
        <translation>einfach und schnell</translation>
    </message>
    <message>
        <source>small, best with an importance matrix</source>
        <translation>klein, am besten mit Wichtigkeitsmatrix</translation>
    </message>
    <message>
        <source>noticeably worse</source>
        <translation>merklich schlechter</translation>
    </message>
    <message>
        <source>where nothing else fits</source>
        <translation>wo sonst nichts passt</translation>
    </message>
</context>
<context>
    <name>Watch</name>
    <message>
        <source>The devices cannot be read: %1.</source>
        <translation>Die Geräte lassen sich nicht lesen: %1.</translation>
    </message>
    <message>
        <source>The drivers do not answer at present; the numbers are the last known.</source>
        <translation>Die Treiber antworten zurzeit nicht; die Zahlen sind die letzten bekannten.</translation>
    </message>
    <message>
        <source>What looks at the devices</source>
        <translation>Was die Geräte befragt</translation>
    </message>
    <message>
        <source>Close and open the panel to look again</source>
        <translation>Schließen und öffnen Sie das Feld, um wieder zu fragen</translation>
    </message>
</context>
</TS>
