using Realtime.Loadtests.Commands;

// Options stand in Commands/RunCommand, what is measured in Scenarios, how to use it in README.md beside this file.
return await LoadtestCommand.InvokeAsync(args);
