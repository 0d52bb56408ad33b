using EdgeSimToReal.Carla.Wire;

namespace EdgeSimToReal.Town.World;

/// <content>The cameras.</content>
internal sealed partial class BlueprintLibrary
{
    private static readonly string[] CameraRoles =
        ["front", "back", "left", "right", "front_left", "front_right", "back_left", "back_right"];

    private void AddCameras(int width, int height)
    {
        AddCamera("sensor.camera.rgb", CameraKind.Rgb, width, height, RgbAttributes());
        AddCamera("sensor.camera.semantic_segmentation", CameraKind.Semantic, width, height, []);
        AddCamera("sensor.camera.depth", CameraKind.Depth, width, height, []);
        if (_profile.InstanceType is not null)
            AddCamera("sensor.camera.instance_segmentation", CameraKind.Instance, width, height, []);
        if (_profile.OpticalFlowType is not null)
            AddCamera("sensor.camera.optical_flow", CameraKind.OpticalFlow, width, height, []);
        Add("sensor.other.collision", ActorKind.OtherSensor, [String("role_name", "front", CameraRoles)]);
        Add("sensor.other.gnss", ActorKind.OtherSensor, [String("role_name", "front", CameraRoles), Float("sensor_tick", "0.0")]);
        Add("sensor.other.imu", ActorKind.OtherSensor, [String("role_name", "front", CameraRoles), Float("sensor_tick", "0.0")]);
    }

    private void AddCamera(string id, CameraKind kind, int width, int height, ActorAttribute[] more)
    {
        ActorAttribute[] attributes =
        [
            String("role_name", "front", CameraRoles),
            Int("image_size_x", width),
            Int("image_size_y", height),
            Float("fov", "90.0"),
            Float("sensor_tick", "0.0"),
            Float("lens_circle_falloff", "5.0"),
            Float("lens_circle_multiplier", "0.0"),
            Float("lens_k", "-1.0"),
            Float("lens_kcube", "0.0"),
            Float("lens_x_size", "0.08"),
            Float("lens_y_size", "0.08"),
            .. more,
        ];
        Add(id, ActorKind.Camera, attributes, camera: kind);
    }

    /// <summary>The photographic attributes: listed and accepted as the simulator does; the Town's lens has no such effects.</summary>
    private ActorAttribute[] RgbAttributes() =>
    [
        Float("bloom_intensity", "0.675"),
        Float("lens_flare_intensity", "0.1"),
        Bool("enable_postprocess_effects", true),
        Float("gamma", "2.2"),
        Float("motion_blur_intensity", "0.45"),
        Float("motion_blur_max_distortion", "0.35"),
        Float("motion_blur_min_object_screen_size", "0.1"),
        String("exposure_mode", "histogram", "manual", "histogram"),
        Float("exposure_compensation", "0.0"),
        Float("exposure_min_bright", "10.0"),
        Float("exposure_max_bright", "12.0"),
        Float("exposure_speed_up", "3.0"),
        Float("exposure_speed_down", "1.0"),
        Float("calibration_constant", "16.0"),
        Float("shutter_speed", "200.0"),
        Float("iso", "100.0"),
        Float("fstop", "1.4"),
        Float("min_fstop", "1.2"),
        Int("blade_count", 5),
        Float("focal_distance", "1000.0"),
        Float("depth_blur_amount", "1.0"),
        Float("depth_blur_radius", "0.0"),
        Float("blur_amount", "1.0"),
        Float("blur_radius", "0.0"),
        Float("slope", "0.88"),
        Float("toe", "0.55"),
        Float("shoulder", "0.26"),
        Float("black_clip", "0.0"),
        Float("white_clip", "0.04"),
        Float("temp", "6500.0"),
        Float("tint", "0.0"),
        Float("chromatic_aberration_intensity", "0.0"),
        Float("chromatic_aberration_offset", "0.0"),
    ];
}
