using Realtime.Protocol;

namespace Realtime.Workers.Queries;

/// <summary>The task in the path of a request.</summary>
internal static class TaskName
{
    /// <summary>Adds an error if it is no name.</summary>
    public static void Check(QueryReader query, string task)
    {
        if (!EntityName.IsValid(task))
        {
            query.RefuseAt("path: task", $"must be a name: {EntityName.Rule}");
        }
    }
}
