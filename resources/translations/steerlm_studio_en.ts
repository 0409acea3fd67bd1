<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>Announcer</name>
    <message numerus="yes">
        <source>All %1 answers are there: %n tokens.</source>
        <translation>
            <numerusform>All %1 answers are there: %n token.</numerusform>
            <numerusform>All %1 answers are there: %n tokens.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The answer is there: %n tokens.</source>
        <translation>
            <numerusform>The answer is there: %n token.</numerusform>
            <numerusform>The answer is there: %n tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BatchDialog</name>
    <message numerus="yes">
        <source>%n not answered</source>
        <translation>
            <numerusform>%n not answered</numerusform>
            <numerusform>%n not answered</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ColumnFoot</name>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n word</numerusform>
            <numerusform>%n words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CompareTop</name>
    <message numerus="yes">
        <source>Answer in %n columns</source>
        <translation>
            <numerusform>Answer in %n column</numerusform>
            <numerusform>Answer in %n columns</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ControlString</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>EarlierSweeps</name>
    <message numerus="yes">
        <source>%n cells</source>
        <translation>
            <numerusform>%n cell</numerusform>
            <numerusform>%n cells</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportReport</name>
    <message numerus="yes">
        <source>%n files are written and right</source>
        <translation>
            <numerusform>%n file is written and right</numerusform>
            <numerusform>%n files are written and right</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FigureTable</name>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n word</numerusform>
            <numerusform>%n words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FitView</name>
    <message numerus="yes">
        <source>It fits. The largest context that fits has %n tokens.</source>
        <translation>
            <numerusform>It fits. The largest context that fits has %n token.</numerusform>
            <numerusform>It fits. The largest context that fits has %n tokens.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>It does not fit. A context of %n tokens would.</source>
        <translation>
            <numerusform>It does not fit. A context of %n token would.</numerusform>
            <numerusform>It does not fit. A context of %n tokens would.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The model was trained with %n tokens: a larger context is cut to that.</source>
        <translation>
            <numerusform>The model was trained with %n token: a larger context is cut to that.</numerusform>
            <numerusform>The model was trained with %n tokens: a larger context is cut to that.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HubCard</name>
    <message numerus="yes">
        <source>%n tokens</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HubFiles</name>
    <message numerus="yes">
        <source>and %n other files</source>
        <translation>
            <numerusform>and %n other file</numerusform>
            <numerusform>and %n other files</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n parts</source>
        <translation>
            <numerusform>%1 in %n part</numerusform>
            <numerusform>%1 in %n parts</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HubPage</name>
    <message numerus="yes">
        <source>%n models</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Incoming</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LocalPage</name>
    <message numerus="yes">
        <source>%n models</source>
        <translation>
            <numerusform>%n model</numerusform>
            <numerusform>%n models</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ModelBrowser</name>
    <message numerus="yes">
        <source>Downloads (%n)</source>
        <translation>
            <numerusform>Downloads (%n)</numerusform>
            <numerusform>Downloads (%n)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Opening</name>
    <message numerus="yes">
        <source>%n downloads</source>
        <translation>
            <numerusform>%n download</numerusform>
            <numerusform>%n downloads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n unfinished downloads</source>
        <translation>
            <numerusform>%n unfinished download</numerusform>
            <numerusform>%n unfinished downloads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PromptView</name>
    <message numerus="yes">
        <source>%n look-alikes of control tokens: sent as text, none opens a turn.</source>
        <translation>
            <numerusform>%n look-alike of a control token: sent as text, it opens no turn.</numerusform>
            <numerusform>%n look-alikes of control tokens: sent as text, none opens a turn.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message numerus="yes">
        <source>%n threads</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SteeringChange</name>
    <message numerus="yes">
        <source>%n values</source>
        <translation>
            <numerusform>%n value</numerusform>
            <numerusform>%n values</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SweepPage</name>
    <message numerus="yes">
        <source>Finish %n cells</source>
        <translation>
            <numerusform>Finish %n cell</numerusform>
            <numerusform>Finish %n cells</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n words</source>
        <translation>
            <numerusform>%n word</numerusform>
            <numerusform>%n words</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Run %n cells</source>
        <translation>
            <numerusform>Run %n cell</numerusform>
            <numerusform>Run %n cells</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TranscriptForm</name>
    <message numerus="yes">
        <source>%n selected conversations</source>
        <translation>
            <numerusform>%n selected conversation</numerusform>
            <numerusform>%n selected conversations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TranscriptReport</name>
    <message numerus="yes">
        <source>Nothing was imported: %n entries could not be understood.</source>
        <translation>
            <numerusform>Nothing was imported: %n entry could not be understood.</numerusform>
            <numerusform>Nothing was imported: %n entries could not be understood.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n conversations</source>
        <translation>
            <numerusform>%n conversation</numerusform>
            <numerusform>%n conversations</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n turns</source>
        <translation>
            <numerusform>%n turn</numerusform>
            <numerusform>%n turns</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n entries could not be understood and were left out.</source>
        <translation>
            <numerusform>%n entry could not be understood and was left out.</numerusform>
            <numerusform>%n entries could not be understood and were left out.</numerusform>
        </translation>
    </message>
</context>
</TS>
