/// Devices whose driver asks for the pool of its first region.
///
/// Left out is `samsung,mfc-*` (drivers/media/platform/samsung/s5p-mfc/s5p_mfc.c), which asks only without an IOMMU,
/// and `nvidia,tegra210-emc`, which wants tables and no pool.
///
/// - Source: all callers of of_reserved_mem_device_init, _by_idx and _by_name in Linux 6.1, and their tables of
///   compatible strings; the heap driver by its own code.
struct PoolUser: Hashable, Sendable {
  /// The file of the driver, and its function that asks.
  let function: String
  /// Whether the driver goes on without a pool.
  let goesOn: Bool
  /// The compatible strings of its devices.
  fileprivate let compatible: [String]

  fileprivate init(_ function: String, goesOn: Bool = false, _ compatible: [String]) {
    self.function = function
    self.goesOn = goesOn
    self.compatible = compatible
  }
}

/// The table of them.
enum PoolUserTable {
  /// The driver that the first known string of a device names.
  static func user(among compatible: [String]) -> (String, PoolUser)? {
    for string in compatible {
      if let user = users[string] { return (string, user) }
    }
    return nil
  }

  private static let users: [String: PoolUser] = {
    var users: [String: PoolUser] = [:]
    for user in table { for string in user.compatible { users[string] = user } }
    return users
  }()

  private static let table = [
    PoolUser("the heap's own driver", ["samsung,dma-heap-cma"]),
    PoolUser(
      "drivers/gpu/drm/arm/display/komeda/komeda_dev.c, komeda_parse_dt",
      ["arm,mali-d32", "arm,mali-d71"]),
    PoolUser(
      "drivers/gpu/drm/arm/hdlcd_drv.c, hdlcd_load",
      ["arm,hdlcd"]),
    PoolUser(
      "drivers/gpu/drm/arm/malidp_drv.c, malidp_bind",
      ["arm,mali-dp500", "arm,mali-dp550", "arm,mali-dp650"]),
    PoolUser(
      "drivers/gpu/drm/aspeed/aspeed_gfx_drv.c, aspeed_gfx_load",
      ["aspeed,ast2400-gfx", "aspeed,ast2500-gfx", "aspeed,ast2600-gfx"]),
    PoolUser(
      "drivers/gpu/drm/ingenic/ingenic-drm-drv.c, ingenic_drm_bind", goesOn: true,
      [
        "ingenic,jz4725b-lcd", "ingenic,jz4740-lcd", "ingenic,jz4760-lcd", "ingenic,jz4760b-lcd",
        "ingenic,jz4770-lcd", "ingenic,jz4780-lcd",
      ]),
    PoolUser(
      "drivers/gpu/drm/kmb/kmb_drv.c, kmb_hw_init",
      ["intel,keembay-display"]),
    PoolUser(
      "drivers/gpu/drm/logicvc/logicvc_drm.c, logicvc_drm_probe",
      ["xylon,logicvc-3.02.a-display", "xylon,logicvc-4.01.a-display"]),
    PoolUser(
      "drivers/gpu/drm/pl111/pl111_drv.c, pl111_amba_probe", goesOn: true,
      ["arm,pl110", "arm,pl111"]),
    PoolUser(
      "drivers/gpu/drm/sun4i/sun4i_drv.c, sun4i_drv_bind",
      [
        "allwinner,sun4i-a10-display-engine", "allwinner,sun5i-a10s-display-engine",
        "allwinner,sun5i-a13-display-engine", "allwinner,sun6i-a31-display-engine",
        "allwinner,sun6i-a31s-display-engine", "allwinner,sun7i-a20-display-engine",
        "allwinner,sun8i-a23-display-engine", "allwinner,sun8i-a33-display-engine",
        "allwinner,sun8i-a83t-display-engine", "allwinner,sun8i-h3-display-engine",
        "allwinner,sun8i-r40-display-engine", "allwinner,sun8i-v3s-display-engine",
        "allwinner,sun9i-a80-display-engine", "allwinner,sun20i-d1-display-engine",
        "allwinner,sun50i-a64-display-engine", "allwinner,sun50i-h6-display-engine",
      ]),
    PoolUser(
      "drivers/gpu/drm/tiny/arcpgu.c, arcpgu_load",
      ["snps,arcpgu"]),
    PoolUser(
      "drivers/gpu/drm/xlnx/zynqmp_dpsub.c, zynqmp_dpsub_probe", goesOn: true,
      ["xlnx,zynqmp-dpsub-1.7"]),
    PoolUser(
      "drivers/media/platform/aspeed/aspeed-video.c, aspeed_video_init", goesOn: true,
      ["aspeed,ast2400-video-engine", "aspeed,ast2500-video-engine", "aspeed,ast2600-video-engine"]),
    PoolUser(
      "drivers/media/platform/mediatek/vpu/mtk_vpu.c, mtk_vpu_probe", goesOn: true,
      ["mediatek,mt8173-vpu"]),
    PoolUser(
      "drivers/remoteproc/da8xx_remoteproc.c, da8xx_rproc_probe",
      ["ti,da850-dsp"]),
    PoolUser(
      "drivers/remoteproc/keystone_remoteproc.c, keystone_rproc_probe", goesOn: true,
      ["ti,k2e-dsp", "ti,k2g-dsp", "ti,k2hk-dsp", "ti,k2l-dsp"]),
    PoolUser(
      "drivers/remoteproc/mtk_scp.c, scp_map_memory_region",
      [
        "mediatek,mt8183-scp", "mediatek,mt8186-scp", "mediatek,mt8188-scp", "mediatek,mt8192-scp",
        "mediatek,mt8195-scp",
      ]),
    PoolUser(
      "drivers/remoteproc/omap_remoteproc.c, omap_rproc_probe", goesOn: true,
      ["ti,dra7-dsp", "ti,dra7-ipu", "ti,omap4-dsp", "ti,omap4-ipu", "ti,omap5-dsp", "ti,omap5-ipu"]),
    PoolUser(
      "drivers/remoteproc/ti_k3_dsp_remoteproc.c, k3_dsp_reserved_mem_init",
      ["ti,j721e-c66-dsp", "ti,j721e-c71-dsp", "ti,j721s2-c71-dsp"]),
    PoolUser(
      "drivers/remoteproc/ti_k3_r5_remoteproc.c, k3_r5_reserved_mem_init",
      ["ti,am64-r5f", "ti,am654-r5f", "ti,j7200-r5f", "ti,j721e-r5f", "ti,j721s2-r5f"]),
    PoolUser(
      "drivers/staging/media/sunxi/cedrus/cedrus_hw.c, cedrus_hw_probe",
      [
        "allwinner,sun4i-a10-video-engine", "allwinner,sun5i-a13-video-engine",
        "allwinner,sun7i-a20-video-engine", "allwinner,sun8i-a33-video-engine",
        "allwinner,sun8i-h3-video-engine", "allwinner,sun8i-r40-video-engine",
        "allwinner,sun8i-v3s-video-engine", "allwinner,sun20i-d1-video-engine",
        "allwinner,sun50i-a64-video-engine", "allwinner,sun50i-h5-video-engine",
        "allwinner,sun50i-h6-video-engine",
      ]),
    PoolUser(
      "sound/soc/fsl/imx-rpmsg.c, imx_rpmsg_probe", goesOn: true,
      [
        "fsl,imx7ulp-rpmsg-audio", "fsl,imx8mm-rpmsg-audio", "fsl,imx8mn-rpmsg-audio",
        "fsl,imx8mp-rpmsg-audio", "fsl,imx8ulp-rpmsg-audio",
      ]),
    PoolUser(
      "sound/soc/mediatek/mt8195/mt8195-afe-pcm.c, mt8195_afe_pcm_dev_probe",
      ["mediatek,mt8195-audio"]),
    PoolUser(
      "sound/soc/sof/imx/imx8ulp.c, imx8ulp_probe",
      ["fsl,imx8ulp-dsp"]),
    PoolUser(
      "sound/soc/sof/mediatek/mt8186/mt8186.c, platform_parse_resource",
      ["mediatek,mt8186-dsp"]),
    PoolUser(
      "sound/soc/sof/mediatek/mt8195/mt8195.c, platform_parse_resource",
      ["mediatek,mt8195-dsp"]),
    PoolUser(
      "sound/soc/sprd/sprd-pcm-dma.c, sprd_soc_platform_probe", goesOn: true,
      ["sprd,pcm-platform"]),
  ]
}
