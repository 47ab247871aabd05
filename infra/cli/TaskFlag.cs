using System.CommandLine;
using Realtime.Protocol;

namespace Realtime.Cli;

/// <summary>The option that names the task.</summary>
internal static class TaskFlag
{
    /// <summary>Makes it.</summary>
    public static Option<string> Create()
    {
        var task = new Option<string>("--task", "-t")
        {
            Description = "The task whose terminal it is.",
            HelpName = "TASK",
            Required = true,
        };
        task.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !EntityName.IsValid(name))
            {
                result.AddError($"--task must be {EntityName.Rule}, but is '{name}'.");
            }
        });
        return task;
    }
}
