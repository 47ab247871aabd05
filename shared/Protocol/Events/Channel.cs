namespace Realtime.Protocol.Events;

/// <summary>The class of an event: a closed set, whose numbers are stored and never change.</summary>
public enum Channel : byte
{
    /// <summary>Status and progress of agents.</summary>
    Agents = 1,

    /// <summary>Life of tasks.</summary>
    Tasks = 2,

    /// <summary>Messages between agents and people.</summary>
    Messages = 3,

    /// <summary>Cost and quota.</summary>
    Budget = 4,

    /// <summary>Notices of the system itself.</summary>
    System = 5,

    /// <summary>What a person should be told.</summary>
    Notifications = 6,

    /// <summary>Steps of workflows.</summary>
    Workflows = 7,
}
