namespace Realtime.Loadtests.Terminals;

/// <summary>Takes one message of a frame; its views are valid during the call.</summary>
internal delegate void ReceivedMessageHandler(in ReceivedMessage message);
